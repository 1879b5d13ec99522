import SeededRandom
import Testing
import UVWebSocket

@Suite("The frame decoder")
struct FrameDecoderTests {
    static let boundaries = [0, 1, 125, 126, 127, 65_535, 65_536]
    /// Bytes of the header without a mask, for each of the lengths above.
    static let headerSizes = [2, 2, 2, 4, 4, 4, 10]

    @Test("A length takes the shortest of its three forms", arguments: zip(boundaries, headerSizes))
    func shortestForm(length: Int, headerSize: Int) {
        let payload = [UInt8](repeating: 0x61, count: length)
        #expect(FrameEncoder.encode(.binary, payload).count == headerSize + length)
        #expect(FrameEncoder.masked(.binary, payload).count == headerSize + 4 + length)
    }

    @Test("A frame at a length boundary comes back as it went", arguments: boundaries, [true, false])
    func roundTrip(length: Int, isMasked: Bool) {
        var generator = SeededGenerator(seed: UInt64(length))
        let payload = generator.bytes(length)
        let frame = isMasked ? FrameEncoder.masked(.binary, payload) : FrameEncoder.encode(.binary, payload)
        let read = Transcript(reading: frame, role: isMasked ? .server : .client)
        #expect(read == Transcript([.message(.binary, payload)]))
    }

    @Test("A payload is reported where it stands, with its position in the frame")
    func payloadSteps() throws {
        let mask = Mask(key: 0x0102_0304)
        let header = FrameHeader(opcode: .text, payloadLength: 7, mask: mask)
        let frame = FrameEncoder.encode(.text, "Welcome".utf8, mask: mask)
        var decoder = FrameDecoder(role: .server)

        #expect(try steps(&decoder, Array(frame[..<5])) == [.needMoreBytes])
        let first = Array(frame[5..<9])
        #expect(try steps(&decoder, first) == [.header(header), .payload(header, 1..<4, phase: 0), .needMoreBytes])
        let second = Array(frame[9...]) + [0x81]
        #expect(try steps(&decoder, second) == [.payload(header, 0..<4, phase: 3), .frameEnd(header), .needMoreBytes])
    }

    @Test("An empty frame ends without a payload and without another byte")
    func emptyFrame() throws {
        let header = FrameHeader(opcode: .ping, payloadLength: 0)
        var decoder = FrameDecoder(role: .client)
        #expect(try steps(&decoder, [0x89, 0x00]) == [.header(header), .frameEnd(header), .needMoreBytes])
    }

    @Test("A header of fourteen bytes may be cut anywhere", arguments: 1..<14)
    func cutHeader(cut: Int) throws {
        let header = FrameHeader(opcode: .binary, payloadLength: 70_000, mask: Mask(key: 0xA1B2_C3D4))
        var bytes: [UInt8] = []
        FrameEncoder.appendHeader(header, to: &bytes)
        var decoder = FrameDecoder(role: .server)
        #expect(try steps(&decoder, Array(bytes[..<cut])) == [.needMoreBytes])
        #expect(try steps(&decoder, Array(bytes[cut...])) == [.header(header), .needMoreBytes])
    }

    @Test("RSV1 is taken on the first frame of a message where an extension was negotiated")
    func allowedRSV1() throws {
        let header = FrameHeader(isFinal: false, rsv1: true, opcode: .text, payloadLength: 0)
        var decoder = FrameDecoder(role: .client, allowsRSV1: true)
        #expect(try steps(&decoder, [0x41, 0x00]) == [.header(header), .frameEnd(header), .needMoreBytes])
    }

    @Test("RSV1 is refused on continuations and control frames all the same", arguments: [0xC0, 0xC8, 0xC9, 0xCA])
    func refusedRSV1(first: UInt8) {
        var decoder = FrameDecoder(role: .client, allowsRSV1: true)
        #expect(throws: FrameError.reservedBitSet) { try steps(&decoder, [first, 0x00]) }
    }

    @Test("A length of 2^63 - 1 is a length; who has no limit may wait for it")
    func longestLength() throws {
        let header = FrameHeader(opcode: .binary, payloadLength: .max)
        var decoder = FrameDecoder(role: .client)
        let bytes: [UInt8] = [0x82, 127, 0x7F] + [UInt8](repeating: 0xFF, count: 7)
        #expect(try steps(&decoder, bytes) == [.header(header), .needMoreBytes])
    }

    private func steps(_ decoder: inout FrameDecoder, _ bytes: [UInt8]) throws(FrameError) -> [FrameDecoder.Step] {
        var steps: [FrameDecoder.Step] = []
        var offset = 0
        repeat {
            steps.append(try decoder.step(bytes.span.bytes, at: &offset))
        } while steps.last != .needMoreBytes
        #expect(offset == bytes.count)
        return steps
    }
}
