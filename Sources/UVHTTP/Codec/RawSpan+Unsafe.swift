// The only loads of this module that the compiler cannot check. Each checks its bounds, and every bit pattern is a
// valid unsigned integer, so the word "unsafe" stands for nothing that could go wrong here.

extension RawSpan {
    /// The byte at `offset`.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The eight bytes from `offset` on, the first one lowest.
    @inline(__always)
    func word(at offset: Int) -> UInt64 {
        UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}

extension RawSpan {
    /// Whether a range of token characters is `text` but for the case of its letters.
    ///
    /// - Parameter text: Letters in lower case, digits and `-`; of no two token characters both become one of these
    ///   by setting 0x20, except the two cases of a letter.
    @inline(__always)
    func matches(_ text: StaticString, at range: Range<Int>) -> Bool {
        let count = text.utf8CodeUnitCount
        guard range.upperBound &- range.lowerBound == count else { return false }
        let expected = text.utf8Start
        for index in 0..<count {
            guard byte(at: range.lowerBound &+ index) | 0x20 == expected[index] else { return false }
        }
        return true
    }
}
