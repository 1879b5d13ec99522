import Testing
import UVWebSocket

@Suite("The opening handshake")
struct HandshakeTests {
    @Test("The accept key is the RFC's for the RFC's key")
    func acceptKey() throws {
        #expect(try Handshake.acceptKey(for: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test("A key that the client makes is valid and new")
    func makeKey() throws {
        let keys = try (0..<100).map { _ in try Handshake.makeKey() }
        #expect(keys.allSatisfy(Handshake.isValidKey))
        #expect(Set(keys).count == 100)
    }

    @Test(
        "A key is 24 characters of base64 for 16 bytes",
        arguments: [
            "dGhlIHNhbXBsZSBub25jZQ==", "AQIDBAUGBwgJCgsMDQ4PEC==", "AAAAAAAAAAAAAAAAAAAAAA==",
            "++++++++++//////////++==",
        ])
    func validKey(key: String) {
        #expect(Handshake.isValidKey(key))
    }

    @Test(
        "Anything else is no key",
        arguments: [
            "", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZQAA",
            "dGhlIHNhbXBsZSBub25jZQA=", "dGhlIHNhbXBsZSBub25jZ===", "dGhlIHNhbXBsZSBub25j-Q==",
            " GhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25j\u{E9}==",
            "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==",
        ])
    func invalidKey(key: String) {
        #expect(!Handshake.isValidKey(key))
    }
}
