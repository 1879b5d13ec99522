/// The text of a UUID (RFC 9562 section 4): 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
///
/// Text and number are turned into each other as four words of eight digits, all digits of them at once:
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
        let digits = SIMD4(text.word(at: 0), text.halves(at: 9, 14), text.halves(at: 19, 24), text.word(at: 28))
        guard let words = digits.hexadecimal else { return nil }
        self.init(high: words[0] << 32 | words[1], low: words[2] << 32 | words[3])
    }

    /// Appends the canonical text, in lower case, as `textLength` ASCII bytes.
    public func write(to output: inout [UInt8]) {
        output.append(addingCapacity: Self.textLength) { write(to: &$0) }
    }

    /// Appends the canonical text, in lower case, as `textLength` ASCII bytes.
    ///
    /// - Precondition: there is room for them.
    public func write(to output: inout OutputSpan<UInt8>) {
        let digits = SIMD4(high >> 32, high & 0xffff_ffff, low >> 32, low & 0xffff_ffff).hexadecimalDigits
        let dash = UInt8(ascii: "-")
        output.append(count: Self.textLength) { text in
            text.storeBytes(of: digits[0].bigEndian, as: UInt64.self)
            text.storeBytes(of: dash, toByteOffset: 8, as: UInt8.self)
            text.storeBytes(of: digits[1].first.bigEndian, toByteOffset: 9, as: UInt32.self)
            text.storeBytes(of: dash, toByteOffset: 13, as: UInt8.self)
            text.storeBytes(of: digits[1].last.bigEndian, toByteOffset: 14, as: UInt32.self)
            text.storeBytes(of: dash, toByteOffset: 18, as: UInt8.self)
            text.storeBytes(of: digits[2].first.bigEndian, toByteOffset: 19, as: UInt32.self)
            text.storeBytes(of: dash, toByteOffset: 23, as: UInt8.self)
            text.storeBytes(of: digits[2].last.bigEndian, toByteOffset: 24, as: UInt32.self)
            text.storeBytes(of: digits[3].bigEndian, toByteOffset: 28, as: UInt64.self)
        }
    }
}

// MARK: - Eight digits of four words at once

extension SIMD4<UInt64> {
    /// The eight digits of the lower half of each word, the first one highest.
    ///
    /// The nibbles are spread out, each into a byte of its own. A byte above 9 carries into its high nibble when 6 is
    /// added, and those get the distance from `0` + 10 to `a` more.
    @inline(__always)
    fileprivate var hexadecimalDigits: SIMD4<UInt64> {
        var nibbles = (self | self &<< 16) & 0x0000_ffff_0000_ffff
        nibbles = (nibbles | nibbles &<< 8) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles | nibbles &<< 4) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (nibbles &+ 0x0606_0606_0606_0606) &>> 4 & 0x0101_0101_0101_0101
        // 255 × 1 has all bits of its byte; words of this size have no multiplication.
        let distances = ((letters &<< 8) &- letters) & 0x2727_2727_2727_2727
        return nibbles &+ 0x3030_3030_3030_3030 &+ distances
    }

    /// The numbers whose eight digits, in either case, are the bytes of each word, the first one highest; `nil` if one is no
    /// digit.
    @inline(__always)
    fileprivate var hexadecimal: SIMD4<UInt64>? {
        // Bit 6 is a letter's, and a letter's low nibble is 9 less than its digit.
        let letters = self &>> 6 & 0x0101_0101_0101_0101
        let digits = (self & 0x0f0f_0f0f_0f0f_0f0f) &+ (letters &<< 3) &+ letters
        var nibbles = (digits | digits &>> 4) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles | nibbles &>> 8) & 0x0000_ffff_0000_ffff
        let numbers = (nibbles | nibbles &>> 16) & 0xffff_ffff
        // What was no digit would be written as another byte.
        let wrong = digits & 0xf0f0_f0f0_f0f0_f0f0 | numbers.hexadecimalDigits ^ (self | letters &<< 5)
        return wrong[0] | wrong[1] | wrong[2] | wrong[3] == 0 ? numbers : nil
    }
}

extension UInt64 {
    /// Its halves.
    fileprivate var first: UInt32 { UInt32(truncatingIfNeeded: self >> 32) }
    fileprivate var last: UInt32 { UInt32(truncatingIfNeeded: self) }
}

// Each load checks its bounds, and every bit pattern is a valid unsigned integer, so the word "unsafe" stands for
// nothing that could go wrong here.
extension RawSpan {
    fileprivate func hasDash(at offset: Int) -> Bool {
        unsafeLoad(fromByteOffset: offset, as: UInt8.self) == UInt8(ascii: "-")
    }

    /// The eight bytes from `offset` on, the first one highest.
    fileprivate func word(at offset: Int) -> UInt64 {
        unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self).bigEndian
    }

    /// The four bytes at each offset, one behind the other.
    fileprivate func halves(at first: Int, _ second: Int) -> UInt64 { half(at: first) << 32 | half(at: second) }

    private func half(at offset: Int) -> UInt64 {
        UInt64(unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self).bigEndian)
    }
}
