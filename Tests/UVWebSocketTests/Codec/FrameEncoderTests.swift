import Testing
import UVWebSocket

@Suite("The frame encoder")
struct FrameEncoderTests {
    @Test("Appending adds to the output what encoding makes", arguments: [nil, Mask(key: 0xDEAD_BEEF)])
    func append(mask: Mask?) {
        var output: [UInt8] = [1, 2, 3]
        FrameEncoder.append(.text, "text".utf8, mask: mask, to: &output)
        FrameEncoder.appendClose(.goingAway, reason: "bye", mask: mask, to: &output)
        let text = FrameEncoder.encode(.text, "text".utf8, mask: mask)
        let close = FrameEncoder.encodeClose(.goingAway, reason: "bye", mask: mask)
        #expect(output == [1, 2, 3] + text + close)
    }

    @Test("A close frame holds the code and the reason")
    func close() {
        #expect(FrameEncoder.encodeClose(.goingAway, reason: "bye") == [0x88, 5, 0x03, 0xE9] + Array("bye".utf8))
    }

    @Test("A close frame without a code is empty")
    func emptyClose() {
        #expect(FrameEncoder.encodeClose(nil, reason: "left out") == [0x88, 0])
    }

    @Test("A reason of 123 bytes is kept, one of 124 is cut", arguments: [123, 124])
    func reasonLength(length: Int) {
        let frame = FrameEncoder.encodeClose(.normal, reason: String(repeating: "r", count: length))
        #expect(frame.count == 2 + 125)
        #expect(frame[1] == 125)
    }

    @Test("A reason is cut between characters", arguments: 119..<126)
    func reasonCharacters(ascii: Int) {
        let reason = String(repeating: "r", count: ascii) + "😀"
        let frame = FrameEncoder.encodeClose(.normal, reason: reason)
        let kept = ascii + 4 <= 123 ? reason : String(repeating: "r", count: min(ascii, 123))
        #expect(Transcript(reading: frame, role: .client) == Transcript([.close(code: .normal, reason: kept)]))
    }

    @Test("RSV1 is written where the header has it")
    func rsv1() {
        var output: [UInt8] = []
        FrameEncoder.appendHeader(FrameHeader(rsv1: true, opcode: .text, payloadLength: 0), to: &output)
        #expect(output == [0xC1, 0])
    }

    @Test("A control frame takes 125 bytes")
    func controlLimit() {
        let payload = [UInt8](repeating: 9, count: 125)
        #expect(Transcript(reading: FrameEncoder.encode(.ping, payload), role: .client) == Transcript([.ping(payload)]))
    }

    @Test("Handing it 126 is a mistake of ours, and so is a code that must not be sent")
    func mistakes() async {
        await #expect(processExitsWith: .failure) {
            _ = FrameEncoder.encode(.ping, [UInt8](repeating: 9, count: 126))
        }
        await #expect(processExitsWith: .failure) {
            _ = FrameEncoder.encodeClose(.noStatusReceived)
        }
    }
}
