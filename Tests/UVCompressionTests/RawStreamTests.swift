import Testing
import UVCompression

@Suite("Streams of bare deflate, as messages are made of")
struct RawStreamTests {
    /// Numbers that look random, the same after each `distance`.
    private func repeating(after distance: Int, count: Int) -> [UInt8] {
        var state: UInt32 = 7
        let once = (0..<distance).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        return (0..<count).map { once[$0 % distance] }
    }

    @Test("A compressor looks back no further than its window, which may be as small as 2^8", arguments: 8...15)
    func window(bits: Int) throws {
        for distance in [100, 240, 250, 251, (1 << bits) - 262, 1 << bits, (1 << bits) + 1] where distance > 0 {
            let bytes = repeating(after: distance, count: 4 << bits)
            let compressor = try Compressor(.raw, windowBits: bits, memoryLevel: 9)
            var packed: [UInt8] = []
            compressor.compress(bytes, .sync, into: &packed)
            let decompressor = try Decompressor(.raw, limit: bytes.count, windowBits: bits)
            var (read, taken): ([UInt8], Int) = ([], 0)
            // One byte at a time: all that it looks back at is in the window.
            while try decompressor.step(packed.span.bytes, &taken, into: &read, room: 1) {}
            #expect(read == bytes)
        }
    }

    @Test("Bytes that were made with a larger window are corrupt", arguments: 8...14)
    func tooFar(bits: Int) throws {
        var packed: [UInt8] = []
        try Compressor(.raw).compress(repeating(after: (1 << bits) + 1, count: 4 << bits), .sync, into: &packed)
        let decompressor = try Decompressor(.raw, limit: .max, windowBits: bits)
        var (read, taken): ([UInt8], Int) = ([], 0)
        #expect(throws: CompressionError.corrupt("invalid distance too far back")) {
            while try decompressor.step(packed.span.bytes, &taken, into: &read, room: 1) {}
        }
    }

    @Test("It is told from what was taken whether that ends with a block")
    func blocks() throws {
        var packed: [UInt8] = []
        try Compressor(.raw).compress(Array("Hello, hello".utf8), .sync, into: &packed)
        for count in 1...packed.count {
            let decompressor = try Decompressor(.raw, limit: 100)
            var read: [UInt8] = []
            try decompressor.inflate(Array(packed[..<count]), into: &read)
            #expect(decompressor.isBetweenBlocks == (count == packed.count))
        }
    }

    @Test("Behind the end of a stream the next one may look back at it; of gzip there is none that could")
    func next() throws {
        // "Hello" with the last block marked, and "Hello" as five bytes of five bytes before.
        let (first, second): ([UInt8], [UInt8]) = ([0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0], [0xf2, 0, 0x11, 0, 0])
        let decompressor = try Decompressor(.raw, limit: 100)
        var read: [UInt8] = []
        try decompressor.inflate(first, into: &read)
        #expect(decompressor.isFinished)
        decompressor.beginNext()
        #expect(!decompressor.isFinished)
        try decompressor.inflate([0, 0, 0, 0xff, 0xff] + second, into: &read)
        #expect(String(decoding: read, as: UTF8.self) == "HelloHello")
        let gzip = try Decompressor(.gzip, limit: 100)
        try gzip.inflate(try Compressor.compress([1], .gzip), into: &read)
        gzip.beginNext()
        #expect(gzip.isFinished)
    }
}
