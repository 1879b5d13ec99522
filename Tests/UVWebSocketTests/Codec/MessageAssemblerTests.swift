import Testing
import UVWebSocket

@Suite("The message assembler")
struct MessageAssemblerTests {
    private static let fragmented =
        FrameEncoder.masked(.text, "fra".utf8, isFinal: false) + FrameEncoder.masked(.ping, "1".utf8)
        + FrameEncoder.masked(.continuation, "g".utf8, isFinal: false) + FrameEncoder.masked(.pong, "2".utf8)
        + FrameEncoder.masked(.continuation, [], isFinal: false) + FrameEncoder.masked(.continuation, "ment".utf8)
        + FrameEncoder.masked(.binary, [0xFF]) + FrameEncoder.masked(.close, [0x03, 0xE8] + Array("ok".utf8))

    private static let fragmentedEvents = Transcript([
        .ping(Array("1".utf8)), .pong(Array("2".utf8)), .message(.text, Array("fragment".utf8)),
        .message(.binary, [0xFF]), .close(code: .normal, reason: "ok"),
    ])

    @Test("Control frames come out between the fragments of a message")
    func interleaved() {
        #expect(Transcript(reading: Self.fragmented) == Self.fragmentedEvents)
    }

    @Test("A stream cut at any byte gives the same events", arguments: 0..<fragmented.count)
    func cut(at position: Int) {
        #expect(Transcript(reading: Self.fragmented, cutAt: [position]) == Self.fragmentedEvents)
    }

    @Test("A stream fed byte by byte gives the same events")
    func byteByByte() {
        #expect(Transcript(reading: Self.fragmented, cutAt: Self.fragmented.indices) == Self.fragmentedEvents)
    }

    @Test("An event is reported as soon as its last byte is there, with the offset behind it")
    func offsets() throws {
        let first = FrameEncoder.masked(.text, "one".utf8)
        let bytes = first + FrameEncoder.masked(.text, "two".utf8)
        var assembler = MessageAssembler(role: .server)
        var offset = 0
        #expect(try assembler.nextEvent(in: bytes.span.bytes, at: &offset) == .message(.text, Array("one".utf8)))
        #expect(offset == first.count)
        #expect(try assembler.nextEvent(in: bytes.span.bytes, at: &offset) == .message(.text, Array("two".utf8)))
        #expect(offset == bytes.count)
        #expect(try assembler.nextEvent(in: bytes.span.bytes, at: &offset) == nil)
    }

    @Test("Whatever follows a close frame is discarded, even what is forbidden")
    func afterClose() {
        let bytes = FrameEncoder.masked(.close, []) + FrameEncoder.masked(.ping, []) + [0xFF, 0xFF]
        #expect(Transcript(reading: bytes) == Transcript([.close(code: nil, reason: "")]))
        #expect(Transcript(reading: bytes, cutAt: bytes.indices) == Transcript([.close(code: nil, reason: "")]))
    }

    @Test("A close frame inside a fragmented message closes")
    func closeInside() {
        let bytes = FrameEncoder.masked(.text, "half".utf8, isFinal: false) + FrameEncoder.masked(.close, [])
        #expect(Transcript(reading: bytes) == Transcript([.close(code: nil, reason: "")]))
    }

    @Test("A close reason of 123 bytes is read to its end")
    func longestReason() {
        let reason = String(repeating: "r", count: 123)
        let frame = FrameEncoder.encodeClose(.goingAway, reason: reason, mask: Mask(key: 7))
        #expect(Transcript(reading: frame) == Transcript([.close(code: .goingAway, reason: reason)]))
    }

    @Test("A character may be cut by a fragment, and a control frame may stand in the cut")
    func cutCharacter() {
        let bytes =
            FrameEncoder.masked(.text, [0xF0, 0x9F], isFinal: false) + FrameEncoder.masked(.ping, [0xFF])
            + FrameEncoder.masked(.continuation, [0x98, 0x80])
        #expect(Transcript(reading: bytes) == Transcript([.ping([0xFF]), .message(.text, Array("😀".utf8))]))
    }
}
