import Testing
import UVWebSocket

@Suite("A server's answer")
struct HandshakeAnswerTests {
    private static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    private static let fields = ["Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": accept]

    private func read(
        _ changes: [String: String?] = [:], status: Int = 101, offered: [String] = []
    ) throws(Handshake.AnswerError) -> String? {
        var fields: [String: String?] = Self.fields
        fields.merge(changes) { $1 }
        return try Handshake.readAnswer(status: status, accept: Self.accept, offered: offered) { name in
            fields[name] ?? nil
        }.subprotocol
    }

    @Test("The seed's answer opens the WebSocket")
    func accepted() throws {
        #expect(try read() == nil)
        #expect(try read(["Upgrade": "WebSocket", "Connection": "upgrade"]) == nil)
    }

    @Test("Another status does not", arguments: [100, 200, 301, 401, 426])
    func status(status: Int) {
        #expect(throws: Handshake.AnswerError.unexpectedStatus(status)) { try read(status: status) }
    }

    @Test("Upgrade and Connection must be there", arguments: ["Upgrade", "Connection"])
    func upgrade(field: String) {
        #expect(throws: Handshake.AnswerError.notAnUpgrade) { try read([field: nil]) }
        #expect(throws: Handshake.AnswerError.notAnUpgrade) { try read([field: "close"]) }
    }

    @Test(
        "The accept key must be ours, case and all",
        arguments: [
            nil, "", "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "s3pPLMBiTxaQ9\u{212A}YGzzhZRbK+xOo=", "\(accept), \(accept)",
        ])
    func wrongAccept(value: String?) {
        #expect(throws: Handshake.AnswerError.wrongAccept) { try read(["Sec-WebSocket-Accept": value]) }
    }

    @Test("The server may choose one subprotocol of those offered, or none")
    func subprotocol() throws {
        #expect(try read(["Sec-WebSocket-Protocol": "b"], offered: ["a", "b"]) == "b")
        #expect(try read(offered: ["a", "b"]) == nil)
    }

    @Test("It may choose nothing else", arguments: ["", "c", "A", "a, b"])
    func unexpectedSubprotocol(value: String) {
        #expect(throws: Handshake.AnswerError.unexpectedSubprotocol) {
            try read(["Sec-WebSocket-Protocol": value], offered: ["a", "b"])
        }
    }

    @Test("It may use no extension, since none is offered")
    func unexpectedExtension() {
        #expect(throws: Handshake.AnswerError.unexpectedExtension) {
            try read(["Sec-WebSocket-Extensions": "permessage-deflate"])
        }
    }
}
