/// What stands around compressed bytes; inside it is always deflate, RFC 1951.
public enum CompressionFormat: Hashable, Sendable {
    /// RFC 1952: 18 bytes around, with a CRC-32 and the length. HTTP's `gzip`.
    case gzip
    /// RFC 1950: 6 bytes around, with an Adler-32. HTTP's `deflate`.
    case zlib
    /// RFC 1951 alone: nothing says whether the bytes have come through. WebSocket's `permessage-deflate`.
    case raw

    /// The format as zlib's `windowBits` has it.
    func windowBits(_ bits: Int) -> Int32 {
        switch self {
        case .gzip: Int32(bits + 16)
        case .zlib: Int32(bits)
        case .raw: Int32(-bits)
        }
    }
}

/// How much time is spent on how few bytes.
public struct CompressionLevel: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    /// - Parameter rawValue: From 0, which stores, to 9; others become the nearest.
    public init(rawValue: Int32) { self.rawValue = min(max(rawValue, 0), 9) }

    /// Stores: no byte fewer.
    public static let none = CompressionLevel(rawValue: 0)
    /// Least time.
    public static let fastest = CompressionLevel(rawValue: 1)
    /// zlib's own choice, 6.
    public static let balanced = CompressionLevel(rawValue: 6)
    /// Fewest bytes, for several times the time.
    public static let smallest = CompressionLevel(rawValue: 9)
}

/// Why bytes cannot be compressed or inflated.
public enum CompressionError: Error, Hashable, Sendable {
    /// They are not of the format, or were changed on the way: zlib's words.
    case corrupt(String)
    /// They end before their end.
    case truncated
    /// They go on behind their end.
    case trailingBytes
    /// Inflated they would be longer than the limit that was stated, in bytes.
    case tooLarge(limit: Int)
    /// They need a dictionary that is not there (RFC 1950, `FDICT`).
    case needsDictionary
    /// zlib got no memory.
    case outOfMemory
}
