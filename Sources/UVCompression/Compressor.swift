import CZlib

/// Makes bytes fewer, piece by piece. See zlib's `deflate`.
///
/// ```swift
/// let compressor = try Compressor(.gzip)
/// var output: [UInt8] = []
/// compressor.compress(first, into: &output)
/// compressor.compress(last, .finish, into: &output)
/// ```
///
/// It takes 2^(`windowBits` + 2) + 2^(`memoryLevel` + 9) bytes of memory and about 6 KiB more, from its making to its end:
/// 262 KiB by default. A KiB of text takes in the order of 20 µs of a thread at the balanced level.
public final class Compressor {
    /// How much of what was taken has to come out.
    public enum Flush: Hashable, Sendable {
        /// As much as zlib likes, for the fewest bytes.
        case none
        /// All of it, so that the other side can read it now: 5 bytes more, and fewer matches.
        case sync
        /// All, and the end.
        case finish
    }

    private let stream: Stream

    /// Whether the end has come out: nothing more is taken until ``reset()``.
    public private(set) var isFinished = false

    /// - Parameters:
    ///   - format: How the packed bytes are framed.
    ///   - level: How hard it looks for fewer bytes.
    ///   - windowBits: How far back bytes are looked for, as a power of two: 9 to 15, and of ``CompressionFormat/raw`` 8, which
    ///     takes the memory of 9.
    ///   - memoryLevel: How much is remembered of them: 1 to 9.
    /// - Throws: ``CompressionError/outOfMemory``.
    public init(
        _ format: CompressionFormat, level: CompressionLevel = .balanced, windowBits: Int = 15, memoryLevel: Int = 8
    ) throws(CompressionError) {
        precondition((1...9).contains(memoryLevel), "zlib takes no such size")
        precondition(((format == .raw ? 8 : 9)...15).contains(windowBits), "zlib takes no such size")
        // zlib has no window of 2^8. In one of 2^9 it looks back by 2^9 - 262 bytes at most, which are fewer than 2^8.
        let windowBits = max(windowBits, 9)
        stream = try Stream(
            begin: {
                deflateInit2_(
                    $0, level.rawValue, Z_DEFLATED, format.windowBits(windowBits), Int32(memoryLevel),
                    Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            }, end: { deflateEnd($0) })
    }

    /// Takes `bytes`, and appends to `output` what comes out.
    ///
    /// - Complexity: O(`bytes`).
    public func compress(_ bytes: RawSpan, _ flush: Flush = .none, into output: inout [UInt8]) {
        precondition(!isFinished, "a compressor was used behind its end")
        var taken = 0
        while true {
            let room = Self.piece
            let before = output.count
            // What is behind the longest call of zlib is not the last piece yet.
            let isLast = bytes.byteCount - taken <= Stream.longest
            let step = stream.step(bytes, from: taken, into: &output, room: room) {
                deflate($0, isLast ? flush.zlib : Z_NO_FLUSH)
            }
            taken += step.taken
            if step.status == Z_STREAM_END { return isFinished = true }
            // Room that is left over says that zlib has nothing more to give for what it has.
            if taken == bytes.byteCount, output.count - before < room { return }
        }
    }

    /// Takes `bytes`, and appends to `output` what comes out.
    ///
    /// - Complexity: O(`bytes`).
    public func compress(_ bytes: [UInt8], _ flush: Flush = .none, into output: inout [UInt8]) {
        compress(bytes.span.bytes, flush, into: &output)
    }

    /// Forgets all: what comes next is a beginning. The memory is used again.
    public func reset() {
        // It fails for a stream that is none alone.
        _ = stream.call { deflateReset($0) }
        isFinished = false
    }

    private static let piece = 16_384
}

extension Compressor.Flush {
    fileprivate var zlib: Int32 {
        switch self {
        case .none: Z_NO_FLUSH
        case .sync: Z_SYNC_FLUSH
        case .finish: Z_FINISH
        }
    }
}

extension Compressor {
    /// `bytes` as a whole in `format`.
    ///
    /// - Complexity: O(`bytes`).
    /// - Throws: ``CompressionError/outOfMemory``.
    public static func compress(
        _ bytes: [UInt8], _ format: CompressionFormat, level: CompressionLevel = .balanced
    ) throws(CompressionError) -> [UInt8] {
        var output: [UInt8] = []
        try Compressor(format, level: level).compress(bytes, .finish, into: &output)
        return output
    }
}
