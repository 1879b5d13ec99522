import Testing
import UVWebSocket

@Suite("Lists in header fields")
struct HandshakeTokensTests {
    @Test("Elements are trimmed and empty ones passed over")
    func elements() {
        #expect(Handshake.elements(of: " a ,\tb c\t, ,,d") == ["a", "b c", "d"])
        #expect(Handshake.elements(of: "") == [])
        #expect(Handshake.elements(of: " , ") == [])
    }

    @Test("The client's order decides among what the server supports")
    func choice() {
        #expect(Handshake.chooseSubprotocol(offered: ["c", "b", "a"], supported: ["a", "b"]) == "b")
        #expect(Handshake.chooseSubprotocol(offered: ["c"], supported: ["a", "b"]) == nil)
        #expect(Handshake.chooseSubprotocol(offered: ["A"], supported: ["a"]) == nil)
        #expect(Handshake.chooseSubprotocol(offered: [], supported: ["a"]) == nil)
    }
}
