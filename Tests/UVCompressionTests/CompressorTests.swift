import SeededRandom
import Testing
import UVCompression

@Suite("What is compressed, others can read")
struct CompressorTests {
    static let inflating: [CompressionFormat: String] = [
        .gzip: "gzip.decompress(data)", .zlib: "zlib.decompress(data)", .raw: "zlib.decompress(data, -15)",
    ]

    @Test(
        "Python reads what is compressed whole", arguments: [CompressionFormat.gzip, .zlib, .raw],
        [0, 1, 16_384, 300_000])
    func whole(format: CompressionFormat, count: Int) throws {
        let bytes = text(count)
        for level: CompressionLevel in [.none, .fastest, .balanced, .smallest] {
            let compressed = try Compressor.compress(bytes, format, level: level)
            #expect(try Python.evaluate(Self.inflating[format] ?? "", compressed) == bytes)
            if count > 1_000, level != .none { #expect(compressed.count < count / 2) }
        }
    }

    @Test("Pieces with a flush can be read one by one, before the next is there")
    func flushed() throws {
        var random = SeededGenerator(seed: 7)
        for format: CompressionFormat in [.gzip, .zlib, .raw] {
            let compressor = try Compressor(format)
            let decompressor = try Decompressor(format, limit: 10_000_000)
            for _ in 0..<200 {
                let piece =
                    random.once(in: 3) ? random.bytes(random.next(below: 40_000)) : text(random.next(below: 5_000))
                var wire: [UInt8] = []
                var read: [UInt8] = []
                compressor.compress(piece, .sync, into: &wire)
                try decompressor.inflate(wire, into: &read)
                #expect(read == piece)
            }
            #expect(!decompressor.isFinished)
            #expect(throws: CompressionError.truncated) { try decompressor.finish() }
            var end: [UInt8] = []
            var rest: [UInt8] = []
            compressor.compress([], .finish, into: &end)
            try decompressor.inflate(end, into: &rest)
            try decompressor.finish()
            #expect(rest.isEmpty && compressor.isFinished)
        }
    }

    @Test("A compressor that was reset begins anew, with the same bytes")
    func reset() throws {
        let compressor = try Compressor(.gzip)
        var first: [UInt8] = []
        compressor.compress(text(5_000), .finish, into: &first)
        compressor.reset()
        #expect(!compressor.isFinished)
        var second: [UInt8] = []
        compressor.compress(text(5_000), .finish, into: &second)
        #expect(first == second)
    }

    @Test("A small window is one that a small window can read")
    func windows() throws {
        let bytes = text(100_000)
        for bits in 9...15 {
            let compressor = try Compressor(.raw, windowBits: bits, memoryLevel: 1)
            let decompressor = try Decompressor(.raw, limit: bytes.count, windowBits: bits)
            var wire: [UInt8] = []
            var read: [UInt8] = []
            compressor.compress(bytes, .finish, into: &wire)
            try decompressor.inflate(wire, into: &read)
            try decompressor.finish()
            #expect(read == bytes)
        }
        var random = SeededGenerator(seed: 3)
        let far = random.bytes(20_000)
        let wide = try Compressor.compress(far + far, .raw)
        let narrow = try Decompressor(.raw, limit: 100_000, windowBits: 9)
        var read: [UInt8] = []
        #expect(throws: CompressionError.corrupt("invalid distance too far back")) {
            try narrow.inflate(wide, into: &read)
        }
    }
}

/// Text of `count` bytes, which can be compressed and is not all the same.
func text(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var number = 0
    while bytes.count < count {
        bytes += "task \(number &* 7_919 % 1_000) is done; ".utf8
        number += 1
    }
    return Array(bytes.prefix(count))
}
