import Testing
import UVWebSocket

/// Cases 6.4.1 to 6.4.4 of the Autobahn test suite, in which the text goes over U+10FFFF in its thirteenth byte.
@Suite("Text that stops being UTF-8 halfway")
struct FailFastTests {
    static let good = Array("κόσμε".utf8)
    static let bad: [UInt8] = [0xF4, 0x90, 0x80, 0x80]
    static let rest = Array("edited".utf8)

    @Test("In a fragment of its own, it is refused before the message ends")
    func fragment() {
        let bytes =
            FrameEncoder.masked(.text, Self.good, isFinal: false)
            + FrameEncoder.masked(.continuation, Self.bad, isFinal: false)
        #expect(Transcript(reading: bytes) == Transcript([], error: .invalidText))
    }

    @Test("In the middle of a frame, it is refused at the byte that decides it")
    func middleOfFrame() {
        let payload = Self.good + Self.bad + Self.rest
        let frame = FrameEncoder.masked(.text, payload)
        let read = Transcript(reading: frame, cutAt: frame.indices)
        #expect(read.error == .invalidText)
        #expect(read.errorPosition == 6 + Self.good.count + 2)
    }

    @Test("One byte before that, nothing is wrong yet")
    func before() {
        let frame = FrameEncoder.masked(.text, Self.good + Self.bad + Self.rest)
        let read = Transcript(reading: Array(frame[..<(6 + Self.good.count + 1)]))
        #expect(read == Transcript([]))
    }
}
