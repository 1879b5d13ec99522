import Testing
import UVWebSocket

@testable import TaskService

@Suite("What a listener asks")
struct ListenerRequestTests {
    private func read(_ text: String) throws -> ListenerRequest { try ListenerRequest(Array(text.utf8)) }

    @Test("Rooms are kept once, in their order, and other members are ignored")
    func rooms() throws {
        #expect(try read(#"{"type":"subscribe","rooms":["b","a","b"],"x":1}"#) == .subscribe(["b", "a"], from: nil))
        #expect(try read(#"{"rooms":[],"type":"unsubscribe"}"#) == .unsubscribe([]))
        #expect(try read(#"{"type":"ping"}"#) == .ping)
    }

    @Test("A client can be in 128 rooms, and can name 1,000 that it leaves")
    func limits() throws {
        let names = (1...1_000).map { "room \($0)" }
        func message(_ type: String, _ names: some Sequence<String>) -> String {
            #"{"type":"\#(type)","rooms":[\#(names.map { "\"\($0)\"" }.joined(separator: ","))]}"#
        }
        let rooms = names.compactMap { RoomName($0) }
        #expect(try read(message("unsubscribe", names)) == .unsubscribe(rooms))
        #expect(code(of: message("unsubscribe", names + ["one more"])) == "LIMIT_EXCEEDED")
        #expect(code(of: message("unsubscribe", names.prefix(200) + [""])) == "INVALID_MESSAGE")
        #expect(try read(message("subscribe", names.prefix(128))) == .subscribe(Array(rooms.prefix(128)), from: nil))
        #expect(code(of: message("subscribe", names.prefix(129))) == "LIMIT_EXCEEDED")
    }

    /// That with which a message is refused.
    private func code(of message: String) -> String? {
        do throws(ListenerRequest.Refusal) {
            _ = try ListenerRequest(Array(message.utf8))
            return nil
        } catch {
            return error.code
        }
    }

    @Test(
        "A position is a whole number, with the name of its history; null and an empty text are what happens from now on",
        arguments: [
            ("", nil), (#","epoch":"e""#, nil), (#","since":7,"epoch":"e""#, .after(7, epoch: "e")),
            (#","epoch":"e","since":0"#, .after(0, epoch: "e")), (#","since":7"#, .after(7, epoch: nil)),
            (#","since":7,"epoch":null"#, .after(7, epoch: nil)), (#","since":null"#, .now), (#","since":"""#, .now),
            (#","since":9223372036854775807,"epoch":"""#, .after(.max, epoch: "")), (#","since":1,"since":null"#, .now),
        ] as [(String, ResumePoint?)])
    func points(members: String, point: ResumePoint?) throws {
        #expect(try read(#"{"type":"subscribe","rooms":["a"]\#(members)}"#) == .subscribe(["a"], from: point))
        #expect(try read(#"{"type":"ping"\#(members)}"#) == .ping)
    }

    @Test(
        "A position that is none is refused",
        arguments: [
            "-1", "1.5", "1.0", "1e3", "true", "[]", "{}", #""7""#, #"" ""#, "9223372036854775808", #"7,"epoch":7"#,
            #"7,"epoch":["e"]"#,
        ])
    func badPoints(value: String) {
        let refusal = #expect(throws: ListenerRequest.Refusal.self) {
            try read(#"{"type":"subscribe","rooms":["a"],"since":\#(value)}"#)
        }
        #expect(refusal?.code == "INVALID_MESSAGE")
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
        let refusal = #expect(throws: ListenerRequest.Refusal.self) { try read(text) }
        #expect(refusal?.code == code)
    }

    @Test(
        "A browser's token stands among its subprotocols",
        arguments: [
            (nil, nil), ("taskflow.v1", nil), ("taskflow.v1, taskflow.bearer.abc", "abc"),
            ("taskflow.bearer.a~b.c,taskflow.v1", "a~b.c"), ("taskflow.bearer.", ""), ("xtaskflow.bearer.abc", nil),
        ] as [(String?, String?)])
    func subprotocols(field: String?, token: String?) {
        #expect(LiveEvents.token(in: field) == token)
    }
}
