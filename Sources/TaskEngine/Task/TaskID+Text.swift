/// The text of a UUID (RFC 9562 section 4): 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
///
/// Text and number are turned into each other a word of eight digits at a time, all digits of it at once:
///
/// ```
/// 01a209dd-0976-7000-8509-0c6d51d64e68
/// └─ 0 ──┘ └──── 9 14 ──┘                high: the words at 0, and at 9 and 14, half a word each
///                    └──── 19 24 ─┘└ 28  low: the words at 19 and 24, and at 28
/// ```
extension TaskID: LosslessStringConvertible {
    /// How many bytes the text of an id has.
    public static let textLength = 36

    /// Reads the canonical text of a UUID, digits in either case; `nil` if it is anything else.
    public init?(_ description: String) {
        self.init(utf8: description.utf8Span.span.bytes)
    }

    /// Reads the canonical text of a UUID from ASCII bytes, digits in either case; `nil` if they are anything else.
    ///
    /// - Complexity: O(1).
    public init?(utf8 text: RawSpan) {
        guard text.byteCount == Self.textLength, text.hasDash(at: 8), text.hasDash(at: 13), text.hasDash(at: 18),
            text.hasDash(at: 23)
        else { return nil }
        let words = (
            text.word(at: 0), text.halves(at: 9, 14), text.halves(at: 19, 24), text.word(at: 28)
        )
        guard let first = words.0.hexadecimal, let second = words.1.hexadecimal, let third = words.2.hexadecimal,
            let fourth = words.3.hexadecimal
        else { return nil }
        self.init(high: first << 32 | second, low: third << 32 | fourth)
    }

    /// Appends the canonical text, in lower case, as `textLength` ASCII bytes.
    public func write(to output: inout [UInt8]) {
        output.append(addingCapacity: Self.textLength) { write(to: &$0) }
    }

    /// Appends the canonical text, in lower case, as `textLength` ASCII bytes.
    ///
    /// - Precondition: there is room for them.
    public func write(to output: inout OutputSpan<UInt8>) {
        let start = output.count
        output.append(repeating: UInt8(ascii: "-"), count: Self.textLength)
        var text = output.mutableSpan
        var bytes = text.mutableBytes
        let words = (
            (high >> 32).hexadecimalDigits, high.hexadecimalDigits, (low >> 32).hexadecimalDigits,
            low.hexadecimalDigits
        )
        bytes.storeBytes(of: words.0, toByteOffset: start, as: UInt64.self)
        bytes.storeBytes(of: words.1.first, toByteOffset: start + 9, as: UInt32.self)
        bytes.storeBytes(of: words.1.last, toByteOffset: start + 14, as: UInt32.self)
        bytes.storeBytes(of: words.2.first, toByteOffset: start + 19, as: UInt32.self)
        bytes.storeBytes(of: words.2.last, toByteOffset: start + 24, as: UInt32.self)
        bytes.storeBytes(of: words.3, toByteOffset: start + 28, as: UInt64.self)
    }
}

// MARK: - Eight digits at once

extension UInt64 {
    /// The eight digits of the lower half, in the order in which they lie in memory.
    ///
    /// The nibbles are spread out, each into a byte of its own. A byte above 9 carries into its high nibble when 6 is
    /// added, and those get the distance from `0` + 10 to `a` more.
    fileprivate var hexadecimalDigits: UInt64 {
        var nibbles = self & 0xffff_ffff
        nibbles = (nibbles | nibbles << 16) & 0x0000_ffff_0000_ffff
        nibbles = (nibbles | nibbles << 8) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles | nibbles << 4) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39).bigEndian
    }

    /// The number whose eight digits, in either case, are these bytes as they lie in memory; `nil` if one is no digit.
    fileprivate var hexadecimal: UInt64? {
        let text = bigEndian
        // Bit 6 is a letter's, and a letter's low nibble is 9 less than its digit.
        let letters = text >> 6 & 0x0101_0101_0101_0101
        var nibbles = (text & 0x0f0f_0f0f_0f0f_0f0f) &+ letters &* 9
        guard nibbles & 0xf0f0_f0f0_f0f0_f0f0 == 0 else { return nil }
        nibbles = (nibbles | nibbles >> 4) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles | nibbles >> 8) & 0x0000_ffff_0000_ffff
        let number = (nibbles | nibbles >> 16) & 0xffff_ffff
        // What was no digit would be written as another byte.
        let lowercased = self | (letters &* 0x20).bigEndian
        return number.hexadecimalDigits == lowercased ? number : nil
    }

    /// Its halves in the order in which they lie in memory.
    fileprivate var first: UInt32 { UInt32(truncatingIfNeeded: bigEndian >> 32).bigEndian }
    fileprivate var last: UInt32 { UInt32(truncatingIfNeeded: bigEndian).bigEndian }
}

// Each load checks its bounds, and every bit pattern is a valid unsigned integer, so the word "unsafe" stands for
// nothing that could go wrong here.
extension RawSpan {
    fileprivate func hasDash(at offset: Int) -> Bool {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self) == UInt8(ascii: "-")
    }

    fileprivate func word(at offset: Int) -> UInt64 { unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self) }

    /// The four bytes at each offset, one behind the other.
    fileprivate func halves(at first: Int, _ second: Int) -> UInt64 {
        let halves = (
            unsafeLoadUnaligned(fromByteOffset: first, as: UInt32.self),
            unsafeLoadUnaligned(fromByteOffset: second, as: UInt32.self)
        )
        return (UInt64(halves.0.bigEndian) << 32 | UInt64(halves.1.bigEndian)).bigEndian
    }
}
