import Testing
import UVWebSocket

@Suite("A client's request")
struct HandshakeRequestTests {
    private static let key = "dGhlIHNhbXBsZSBub25jZQ=="
    private static let fields = [
        "Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": key, "Sec-WebSocket-Version": "13",
    ]

    private func read(
        _ changes: [String: String?] = [:], method: String = "GET"
    ) throws(Handshake.RequestError) -> Handshake.Offer {
        var fields: [String: String?] = Self.fields
        fields.merge(changes) { $1 }
        return try Handshake.readRequest(method: method) { name in fields[name] ?? nil }
    }

    @Test("The seed's request opens a WebSocket")
    func accepted() throws {
        let offer = try read()
        #expect(offer.key == Self.key)
        #expect(offer.subprotocols == [])
    }

    @Test("Upgrade and Connection are lists in any case")
    func lists() throws {
        let offer = try read(["Upgrade": "h2c, WebSocket", "Connection": "keep-alive,\tUPGRADE"])
        #expect(offer.key == Self.key)
    }

    @Test("Subprotocols are offered in the client's order")
    func subprotocols() throws {
        let offer = try read(["Sec-WebSocket-Protocol": "taskflow.v1, taskflow.bearer.abc-._~1"])
        #expect(offer.subprotocols == ["taskflow.v1", "taskflow.bearer.abc-._~1"])
    }

    @Test("Only GET opens a WebSocket", arguments: ["POST", "HEAD", "get", ""])
    func method(method: String) {
        #expect(throws: Handshake.RequestError.methodNotGet) { try read(method: method) }
        #expect(Handshake.RequestError.methodNotGet.status == 405)
    }

    @Test(
        "Without Upgrade: websocket it is a plain request",
        arguments: [nil, "", "h2c", "websocket/13", "websoc\u{212A}et"])
    func upgrade(value: String?) {
        #expect(throws: Handshake.RequestError.notAnUpgrade) { try read(["Upgrade": value]) }
        #expect(Handshake.RequestError.notAnUpgrade.status == 426)
    }

    @Test(
        "Without Connection: Upgrade it is a plain request", arguments: [nil, "", "keep-alive", "Upgrades", "Up grade"])
    func connection(value: String?) {
        #expect(throws: Handshake.RequestError.notAnUpgrade) { try read(["Connection": value]) }
    }

    @Test("Every version but 13 is refused with 426", arguments: [nil, "", "8", "12", "14", "013", "13, 13"])
    func version(value: String?) {
        #expect(throws: Handshake.RequestError.unsupportedVersion) { try read(["Sec-WebSocket-Version": value]) }
        #expect(Handshake.RequestError.unsupportedVersion.status == 426)
    }

    @Test("A bad key is refused with 400", arguments: [nil, "", "dGhlIHNhbXBsZSBub25jZQ", "\(key), \(key)"])
    func badKey(value: String?) {
        #expect(throws: Handshake.RequestError.invalidKey) { try read(["Sec-WebSocket-Key": value]) }
        #expect(Handshake.RequestError.invalidKey.status == 400)
    }

    @Test(
        "Subprotocols that are no list of different tokens are refused",
        arguments: ["", ",", "a b", "a, a", "a;b", "é"])
    func badSubprotocols(value: String) {
        #expect(throws: Handshake.RequestError.invalidSubprotocols) { try read(["Sec-WebSocket-Protocol": value]) }
    }
}
