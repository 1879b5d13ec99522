import CZlib
import UVCore

/// Makes bytes of compressed ones, piece by piece, up to a limit. See zlib's `inflate`.
///
/// ```swift
/// let decompressor = try Decompressor(.gzip, limit: 1 << 20)
/// for piece in pieces { try decompressor.inflate(piece, into: &output) }
/// try decompressor.finish()
/// ```
///
/// A byte can become 1,032, so a small message may be a large one: the limit is for all that ever comes out of one
/// stream, and no memory is taken for what is beyond it. Besides its output it takes 2^`windowBits` and about 10 KiB, from
/// its first byte to its end: 42 KiB by default.
///
/// Of gzip it takes several members behind each other as one, as RFC 1952 section 2.2 has it, and zeros behind the last,
/// with which archives are padded. All else behind the end is an error.
public final class Decompressor {
    private enum State {
        case inside
        /// Behind the end; of gzip another member may follow.
        case behind
        case failed(CompressionError)
    }

    /// How many bytes may come out.
    public let limit: Int

    /// How many bytes have come out.
    public private(set) var count = 0

    private let format: CompressionFormat
    private let stream: Stream
    private var state = State.inside

    /// - Parameters:
    ///   - format: How the packed bytes are framed.
    ///   - limit: How many bytes may come out of it in all.
    ///   - windowBits: How far back the other side may have looked, as a power of two: 8 to 15. Bytes that
    ///     look further back are corrupt, unless what they look at has come out in the same call.
    /// - Throws: ``CompressionError/outOfMemory``.
    public init(_ format: CompressionFormat, limit: Int, windowBits: Int = 15) throws(CompressionError) {
        precondition((8...15).contains(windowBits) && limit >= 0, "zlib takes no such size")
        self.format = format
        self.limit = limit
        stream = try Stream(
            begin: {
                inflateInit2_($0, format.windowBits(windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            }, end: { inflateEnd($0) })
    }

    /// Whether the end has been reached: ``finish()`` would not throw.
    public var isFinished: Bool { if case .behind = state { true } else { false } }

    /// Takes all of `bytes`, and appends to `output` what comes out. What came out before an error stays there.
    ///
    /// - Complexity: O(`bytes` and what comes out of them).
    public func inflate(_ bytes: RawSpan, into output: inout [UInt8]) throws(CompressionError) {
        var taken = 0
        while try step(bytes, &taken, into: &output, room: Self.piece) {}
    }

    /// Takes all of `bytes`, and appends to `output` what comes out. What came out before an error stays there.
    ///
    /// - Complexity: O(`bytes` and what comes out of them).
    public func inflate(_ bytes: [UInt8], into output: inout [UInt8]) throws(CompressionError) {
        try inflate(bytes.span.bytes, into: &output)
    }

    /// Takes of `bytes` from `taken` on what makes `room` bytes at most, and moves `taken`. False when it has taken all and
    /// given what comes of it: for a reader that wants no more at a time than it can use.
    public func step(
        _ bytes: RawSpan, _ taken: inout Int, into output: inout [UInt8], room: Int
    ) throws(CompressionError) -> Bool {
        switch state {
        case .failed(let error): throw error
        case .behind: return try beginMember(bytes, &taken)
        case .inside: break
        }
        // With the limit reached, one byte more of room tells the end from a byte too many.
        let room = max(1, min(room, limit - count))
        let before = output.count
        let step = stream.step(bytes, from: taken, into: &output, room: room) { CZlib.inflate($0, Z_NO_FLUSH) }
        taken += step.taken
        let made = output.count - before
        if made > limit - count {
            output.removeLast()
            throw fail(.tooLarge(limit: limit))
        }
        count += made
        switch step.status {
        case Z_OK, Z_BUF_ERROR: return taken < bytes.byteCount || made == room
        case Z_STREAM_END:
            state = .behind
            return taken < bytes.byteCount
        case Z_NEED_DICT: throw fail(.needsDictionary)
        case Z_MEM_ERROR: throw fail(.outOfMemory)
        default: throw fail(.corrupt(stream.message))
        }
    }

    /// Looks at what is behind the end.
    private func beginMember(_ bytes: RawSpan, _ taken: inout Int) throws(CompressionError) -> Bool {
        guard format == .gzip else {
            if taken == bytes.byteCount { return false }
            throw fail(.trailingBytes)
        }
        while taken < bytes.byteCount, bytes.byte(at: taken) == 0 { taken += 1 }
        guard taken < bytes.byteCount else { return false }
        // The first byte of each member, RFC 1952 section 2.3.1.
        guard bytes.byte(at: taken) == 0x1f else { throw fail(.trailingBytes) }
        _ = stream.call { inflateReset($0) }
        state = .inside
        return true
    }

    /// Says that no more bytes come.
    ///
    /// - Throws: ``CompressionError/truncated`` when the end was not reached, or what has failed before.
    public func finish() throws(CompressionError) {
        switch state {
        case .behind: break
        case .inside: throw .truncated
        case .failed(let error): throw error
        }
    }

    /// Behind the end of a raw stream another one begins, which may refer to bytes of the one before.
    package func beginNext() {
        guard case .behind = state, format == .raw else { return }
        // It fails for a stream that is none alone. Unlike `inflateReset` it keeps the window.
        _ = stream.call { inflateResetKeep($0) }
        state = .inside
    }

    /// Whether what was taken ends with a block, on the border of a byte.
    package var isBetweenBlocks: Bool { stream.isBetweenBlocks }

    private func fail(_ error: CompressionError) -> CompressionError {
        state = .failed(error)
        return error
    }

    private static let piece = 16_384
}

extension Decompressor {
    /// What `bytes`, which are whole, were made of.
    ///
    /// - Parameters:
    ///   - bytes: The content.
    ///   - format: How the packed bytes are framed.
    ///   - limit: How many bytes may come out.
    /// - Complexity: O(`bytes` and what comes out of them), memory for the latter alone.
    public static func inflate(
        _ bytes: [UInt8], _ format: CompressionFormat, limit: Int
    ) throws(CompressionError) -> [UInt8] {
        let decompressor = try Decompressor(format, limit: limit)
        var output: [UInt8] = []
        try decompressor.inflate(bytes, into: &output)
        try decompressor.finish()
        return output
    }
}
