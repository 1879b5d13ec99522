// The loads that the parsers of bytes are made of. Each checks its bounds, and every bit pattern is a valid unsigned
// integer, so the word "unsafe" stands for nothing that could go wrong here.

extension RawSpan {
    /// The byte at `offset`.
    @inlinable @inline(__always)
    package func byte(at offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The eight bytes from `offset` on, the first one lowest.
    @inlinable @inline(__always)
    package func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The sixteen bytes from `offset` on.
    @inline(__always)
    func pair(at offset: Int) -> SIMD2<UInt64> {
        unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD2<UInt64>.self)
    }
}
