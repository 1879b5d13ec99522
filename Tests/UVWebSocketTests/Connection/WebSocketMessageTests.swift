import Testing
import UVWebSocket

@Suite("A message that the program makes")
struct WebSocketMessageTests {
    @Test("It is text of a String, of UTF-8 or of a literal, and binary of bytes")
    func kinds() {
        let text = WebSocketMessage(String("a \u{E9}"))
        #expect(text.kind == .text && text.bytes == [0x61, 0x20, 0xC3, 0xA9] && text.text == "a \u{E9}")
        #expect(text == "a \u{E9}" && text == WebSocketMessage(json: [0x61, 0x20, 0xC3, 0xA9]))
        let binary = WebSocketMessage([0x61, 0x20, 0xC3, 0xA9])
        #expect(binary.kind == .binary && binary != text && binary.bytes == text.bytes)
        #expect(WebSocketMessage("").bytes.isEmpty && WebSocketMessage([]).kind == .binary)
    }
}
