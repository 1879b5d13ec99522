import UVCore

// Strings are looked through eight bytes at a time: one subtraction for all eight marks, in the top bit of each byte. A
// borrow can mark a byte above a marked one wrongly, never below it, so the lowest mark is always true, and it is the
// only one that is used.

extension RawSpan {
    /// The offset of the first byte from `start` on that does not stand for itself in a string of JSON, or the count of
    /// bytes: a control character, quotes, a backslash. RFC 8259 section 7.
    func endOfPlainJSON(from start: Int) -> Int {
        var offset = start
        while offset &+ 8 <= byteCount {
            let word = word(at: offset)
            let marks = word.bytesToEscape
            guard marks == 0 else { return offset &+ marks.trailingZeroBitCount >> 3 }
            offset &+= 8
        }
        // The rest as one word, with some of the bytes before it: if they have no mark either, there is none.
        if offset < byteCount, byteCount >= 8 {
            let word = word(at: byteCount &- 8)
            if word.bytesToEscape == 0 { return byteCount }
        }
        while offset < byteCount {
            let byte = byte(at: offset)
            guard byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { return offset }
            offset &+= 1
        }
        return offset
    }

    /// The bytes as a text; what is not UTF-8 becomes U+FFFD.
    var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// Whether the bytes are those of `text`.
    ///
    /// - Complexity: O(n), and O(1) where the lengths differ.
    @inline(__always)
    func isSame(as text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { isSame(as: $0.span.bytes) }
    }
}

extension UInt64 {
    /// `byte` eight times.
    @inline(__always)
    private static func all(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// Marks the bytes that do not stand for themselves in a string of JSON.
    @inline(__always)
    fileprivate var bytesToEscape: UInt64 {
        bytes(below: 0x20) | bytes(equalTo: UInt8(ascii: "\"")) | bytes(equalTo: UInt8(ascii: "\\"))
    }

    /// Marks the bytes below `bound`, which is at most 0x80.
    @inline(__always)
    fileprivate func bytes(below bound: UInt8) -> UInt64 { (self &- Self.all(bound)) & ~self & Self.all(0x80) }

    /// Marks the bytes that are `byte`.
    @inline(__always)
    fileprivate func bytes(equalTo byte: UInt8) -> UInt64 { (self ^ Self.all(byte)).bytes(below: 1) }
}
