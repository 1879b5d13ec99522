import UVCompression

extension FuzzTarget {
    /// Compressed bytes of each format, up to a limit.
    static let inflate = FuzzTarget("inflate", "compressed bytes: gzip, zlib and raw") { bytes in
        for format in [CompressionFormat.gzip, .zlib, .raw] {
            let whole = try Inflated([bytes], format, room: 16_384)
            try expect(whole.bytes.count <= Inflated.limit, "\(whole.bytes.count) bytes")
            // An array grows to twice what it needs; the room of a step is no part of what is kept.
            try expect(whole.bytes.capacity <= 2 * (Inflated.limit + 16_384), "room for \(whole.bytes.capacity) bytes")
            let row = Cuts(of: bytes).rows[0]
            for room in [16_384, 1 + bytes.count % 300] {
                let pieces = try Inflated(Cuts.pieces(of: bytes, row), format, room: room)
                try expect(pieces == whole, "\(format), cut at \(row), with room for \(room): \(pieces), not \(whole)")
            }
        }
        let packed = try Compressor.compress(bytes, .raw)
        try expect(
            try Decompressor.inflate(packed, .raw, limit: bytes.count) == bytes, "packed and unpacked is another")
    }
}

/// What comes out of some bytes.
private struct Inflated: Equatable {
    static let limit = 3_000

    var bytes: [UInt8] = []
    var error: CompressionError?

    init(_ pieces: [[UInt8]], _ format: CompressionFormat, room: Int) throws {
        let decompressor = try Decompressor(format, limit: Self.limit)
        do throws(CompressionError) {
            for piece in pieces {
                var taken = 0
                while try decompressor.step(piece.span.bytes, &taken, into: &bytes, room: room) {}
                try? expect(taken == piece.count, "bytes were left")
            }
            try decompressor.finish()
        } catch {
            self.error = error
        }
    }
}
