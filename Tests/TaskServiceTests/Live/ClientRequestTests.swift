import Testing
import UVWebSocket

@testable import TaskService

@Suite("What a listener asks")
struct ClientRequestTests {
    private func read(_ text: String) throws -> ClientRequest { try ClientRequest(Array(text.utf8)) }

    @Test("Rooms are kept once, in their order, and other members are ignored")
    func rooms() throws {
        #expect(try read(#"{"type":"subscribe","rooms":["b","a","b"],"x":1}"#) == .subscribe(["b", "a"]))
        #expect(try read(#"{"rooms":[],"type":"unsubscribe"}"#) == .unsubscribe([]))
        #expect(try read(#"{"type":"ping"}"#) == .ping)
    }

    @Test(
        "A message is refused by the code of the contract",
        arguments: [
            ("x", "INVALID_MESSAGE"), ("[]", "INVALID_MESSAGE"), (#"{"type":"subscribe"}"#, "INVALID_MESSAGE"),
            (#"{"type":"subscribe","rooms":[1]}"#, "INVALID_MESSAGE"),
            (#"{"type":"subscribe","rooms":[""]}"#, "INVALID_MESSAGE"),
            ("{}", "UNSUPPORTED_MESSAGE"), (#"{"type":1}"#, "UNSUPPORTED_MESSAGE"),
            (#"{"type":"PING"}"#, "UNSUPPORTED_MESSAGE"),
        ])
    func refusals(text: String, code: String) {
        let refusal = #expect(throws: ClientRequest.Refusal.self) { try read(text) }
        #expect(refusal?.code == code)
    }

    @Test(
        "A browser's token stands among its subprotocols",
        arguments: [
            (nil, nil), ("taskflow.v1", nil), ("taskflow.v1, taskflow.bearer.abc", "abc"),
            ("taskflow.bearer.a~b.c,taskflow.v1", "a~b.c"), ("taskflow.bearer.", ""), ("xtaskflow.bearer.abc", nil),
        ] as [(String?, String?)])
    func subprotocols(field: String?, token: String?) async {
        #expect(await LiveEvents.token(in: field) == token)
    }
}
