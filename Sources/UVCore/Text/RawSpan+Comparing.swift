extension RawSpan {
    /// Whether both hold the same bytes.
    ///
    /// - Complexity: O(n), eight bytes at a time.
    package func isSame(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        guard byteCount >= 8 else {
            for offset in 0..<byteCount where byte(at: offset) != other.byte(at: offset) { return false }
            return true
        }
        var offset = 0
        while offset &+ 8 < byteCount {
            guard word(at: offset) == other.word(at: offset) else { return false }
            offset &+= 8
        }
        // The last eight bytes, some of them for the second time.
        return word(at: byteCount &- 8) == other.word(at: byteCount &- 8)
    }

    /// Whether both hold the same bytes, found in a time that does not tell how many of them are the same.
    ///
    /// - Complexity: O(n), sixteen bytes at a time.
    package func isSameInFixedTime(as other: RawSpan) -> Bool {
        guard byteCount == other.byteCount else { return false }
        guard byteCount >= 16 else {
            var difference: UInt8 = 0
            for offset in 0..<byteCount { difference |= byte(at: offset) ^ other.byte(at: offset) }
            return difference == 0
        }
        // The last sixteen bytes, some of them for the second time.
        let last = byteCount &- 16
        var difference = pair(at: last) ^ other.pair(at: last)
        var offset = 0
        while offset < last {
            difference |= pair(at: offset) ^ other.pair(at: offset)
            offset &+= 16
        }
        return difference.x | difference.y == 0
    }

    /// Whether the bytes are `lowercase`, but for the case of ASCII letters. Other bytes have no case: no other text
    /// folds to an ASCII letter, as `K` (the sign of kelvin) does in Unicode.
    ///
    /// - Parameter lowercase: Text without `A` to `Z`; with one of them nothing is the same.
    /// - Complexity: O(n).
    package func hasSame(asciiLowercase lowercase: RawSpan) -> Bool {
        guard byteCount == lowercase.byteCount else { return false }
        for offset in 0..<byteCount {
            guard byte(at: offset).asciiLowercased == lowercase.byte(at: offset) else { return false }
        }
        return true
    }

    /// Whether the bytes come before those of `other`, the first difference deciding: for UTF-8 the order of the
    /// scalars.
    ///
    /// - Complexity: O(n).
    package func isBefore(_ other: RawSpan) -> Bool {
        for offset in 0..<Swift.min(byteCount, other.byteCount) where byte(at: offset) != other.byte(at: offset) {
            return byte(at: offset) < other.byte(at: offset)
        }
        return byteCount < other.byteCount
    }

    /// Whether the first bytes are those of `prefix`.
    ///
    /// - Complexity: O(length of `prefix`).
    package func begins(with prefix: RawSpan) -> Bool {
        byteCount >= prefix.byteCount && extracting(first: prefix.byteCount).isSame(as: prefix)
    }

    /// The offsets of what is left without the spaces and tabs at both ends: `OWS`, RFC 9110 section 5.6.3.
    ///
    /// - Complexity: O(spaces and tabs at the ends).
    package var trimmedRange: Range<Int> {
        var (lower, upper) = (0, byteCount)
        while lower < upper, byte(at: lower).isSpaceOrTab { lower &+= 1 }
        while lower < upper, byte(at: upper &- 1).isSpaceOrTab { upper &-= 1 }
        return lower..<upper
    }
}

extension UInt8 {
    /// The letter in lower case, if the byte is an ASCII letter; else the byte.
    @inlinable @inline(__always)
    package var asciiLowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

    @inlinable @inline(__always)
    package var isSpaceOrTab: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
