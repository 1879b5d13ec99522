import Testing
import UVCompression
import UVWebSocket

@Suite("Compressed messages become what they were")
struct InflatingTests {
    private static let hello = Array("Hello".utf8)
    private static let long = Array(String(repeating: "Grüße, ✓ ", count: 40).utf8)

    @Test(
        "The RFC's examples are read",
        arguments: [
            ([0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00], 1),
            ([0x41, 0x03, 0xf2, 0x48, 0xcd, 0x80, 0x04, 0xc9, 0xc9, 0x07, 0x00], 1),
            // With the context taken over, the second is shorter.
            ([0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00], 2),
            // Not compressed but stored; with the last block marked; in two blocks.
            ([0xc1, 0x0b, 0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00], 1),
            ([0xc1, 0x08, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00], 1),
            (
                [0xc1, 0x0d, 0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00], 1
            ),
        ] as [([UInt8], Int)])
    func examples(bytes: [UInt8], count: Int) {
        let expected = Transcript(Array(repeating: .message(.text, Self.hello), count: count))
        #expect(Transcript(reading: bytes, role: .client, deflate: MessageDeflate()) == expected)
        let byteByByte = Transcript(reading: bytes, cutAt: bytes.indices, role: .client, deflate: MessageDeflate())
        #expect(byteByByte == expected)
    }

    @Test("A stream that has ended in a message may be referred to by the next, as the window goes on")
    func afterTheEnd() {
        let ended: [UInt8] = [0xc1, 0x08, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00]
        let referring: [UInt8] = [0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00]
        let both = Transcript(reading: ended + referring, role: .client, deflate: MessageDeflate())
        #expect(both == Transcript([.message(.text, Self.hello), .message(.text, Self.hello)]))
    }

    @Test(
        "Messages of any size, compressed and not, in fragments and between pings, cut at any byte",
        arguments: [true, false])
    func mixed(context: Bool) throws {
        let packer = try Packer()
        func pack(_ bytes: [UInt8]) -> [UInt8] {
            if !context { packer.reset() }
            return packer.pack(bytes)
        }
        let long = pack(Self.long)
        let again = pack(Self.long)
        #expect((again.count < 20) == context)
        let bytes =
            FrameEncoder.packed(.text, Array(long[..<5]), isFinal: false) + FrameEncoder.masked(.ping, "1".utf8)
            + FrameEncoder.masked(.continuation, [], isFinal: false) + FrameEncoder.masked(.continuation, long[5...])
            + FrameEncoder.masked(.text, "plain".utf8) + FrameEncoder.packed(.binary, again)
            + FrameEncoder.packed(.text, [0]) + FrameEncoder.packed(.text, []) + FrameEncoder.masked(.close, [])
        let expected = Transcript([
            .ping([49]), .message(.text, Self.long), .message(.text, Array("plain".utf8)), .message(.binary, Self.long),
            .message(.text, []), .message(.text, []), .close(code: nil, reason: ""),
        ])
        for cut in bytes.indices {
            let deflate = MessageDeflate(clientContext: context)
            #expect(Transcript(reading: bytes, cutAt: [cut], deflate: deflate) == expected)
        }
        let byteByByte = Transcript(
            reading: bytes, cutAt: bytes.indices, deflate: MessageDeflate(clientContext: context))
        #expect(byteByByte == expected)
    }

    @Test(
        "The window is the one that was agreed on: what looks back further is refused",
        arguments: [8, 9, 12, 14])
    func window(bits: Int) throws {
        // A stream looks back by a little less than its window.
        let near = try Packer(windowBits: bits).pack(
            repeating(after: (1 << bits) - 300 + (bits == 8 ? 60 : 0), count: 3 << bits))
        let far = try Packer(windowBits: 15).pack(repeating(after: (1 << bits) + 1, count: 3 << bits))
        for (payload, isFine) in [(near, true), (far, false)] {
            let transcript = Transcript(
                reading: FrameEncoder.packed(.binary, payload), deflate: MessageDeflate(clientBits: bits))
            #expect((transcript.error == nil) == isFine)
            #expect(isFine || transcript.error == .invalidDeflate)
        }
    }

    @Test("A client that said that it takes no context over may not refer to an earlier message")
    func noContext() throws {
        let packer = try Packer()
        let bytes = (0..<2).flatMap { _ in FrameEncoder.packed(.text, packer.pack(Self.long)) }
        let transcript = Transcript(reading: bytes, deflate: MessageDeflate(clientContext: false))
        #expect(transcript == Transcript([.message(.text, Self.long)], error: .invalidDeflate))
    }

    @Test("What is not of deflate, or ends amid a block, closes with 1007")
    func corrupt() throws {
        let whole = try Packer().pack(Self.long)
        let wrong: [[UInt8]] = [
            // A block of the kind that there is none of; a stored one whose length is not that; one byte too many or few.
            [0x07, 0], [0, 1, 0, 0, 0, 65, 0], Array(whole.dropLast()), whole + [0x01], Array(whole.dropLast(20)),
            // The end of a stream with nothing behind it.
            [0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
        ]
        for payload in wrong {
            let transcript = Transcript(reading: FrameEncoder.packed(.binary, payload), deflate: MessageDeflate())
            #expect(transcript == Transcript([], error: .invalidDeflate))
        }
        #expect(FrameError.invalidDeflate.closeCode == .invalidPayload)
    }

    @Test("RSV1 stands on the first frame of a message alone, and only where it was agreed on")
    func reserved() throws {
        let payload = try Packer().pack(Self.hello)
        let first = FrameEncoder.packed(.text, payload, isFinal: false)
        let continued = FrameEncoder.packed(.continuation, payload)
        let rows: [([UInt8], Bool)] = [
            (FrameEncoder.packed(.text, payload), false), (first, false), (first + continued, true),
            (FrameEncoder.masked(.text, "a".utf8, isFinal: false) + continued, true),
            (FrameEncoder.packed(.ping, []), true), (FrameEncoder.packed(.pong, payload), true),
            (FrameEncoder.packed(.close, []), true),
        ]
        for (bytes, isAgreed) in rows {
            #expect(
                Transcript(reading: bytes, deflate: isAgreed ? MessageDeflate() : nil)
                    == Transcript([], error: .reservedBitSet))
            #expect(
                Transcript(reading: bytes, cutAt: bytes.indices, deflate: isAgreed ? MessageDeflate() : nil).error
                    == .reservedBitSet)
        }
    }

    @Test("Text is judged as it is inflated, at the first byte that decides")
    func text() throws {
        let packer = try Packer()
        let start = FrameEncoder.packed(.text, packer.pack(Array("✓".utf8.dropLast()), isWhole: false), isFinal: false)
        let good = FrameEncoder.masked(.continuation, packer.pack(Array("✓".utf8.suffix(1))))
        let fine = Transcript(reading: start + good, deflate: MessageDeflate())
        #expect(fine == Transcript([.message(.text, Array("✓".utf8))]))
        let cut = Transcript(reading: start + FrameEncoder.masked(.continuation, [0]), deflate: MessageDeflate())
        #expect(cut == Transcript([], error: .invalidText))
        let other = try Packer()
        let bad = FrameEncoder.packed(.text, other.pack([65, 0xFF], isWhole: false), isFinal: false)
        #expect(Transcript(reading: bad, deflate: MessageDeflate()) == Transcript([], error: .invalidText))
    }

    @Test("Text that is none is said to be so also where the stream breaks off behind it")
    func textBeforeTheBreak() throws {
        let packed = try Packer().pack([65, 0xFF], isWhole: false) + [0x07]
        let bytes = FrameEncoder.packed(.text, packed)
        let expected = Transcript([], error: .invalidText)
        #expect(Transcript(reading: bytes, deflate: MessageDeflate()) == expected)
        #expect(Transcript(reading: bytes, cutAt: bytes.indices, deflate: MessageDeflate()) == expected)
    }
}
