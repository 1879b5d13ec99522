/// The text of a UUID (RFC 9562 section 4): 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
extension TaskID: LosslessStringConvertible {
    /// How many bytes the text of an id has.
    public static let textLength = 36

    /// Reads the canonical text of a UUID, digits in either case; `nil` if it is anything else.
    public init?(_ description: String) {
        self.init(utf8: description.utf8)
    }

    /// Reads the canonical text of a UUID from ASCII bytes, digits in either case; `nil` if they are anything else.
    ///
    /// - Complexity: O(1): no byte after the 37th is looked at.
    public init?(utf8 text: some Sequence<UInt8>) {
        var halves = (high: UInt64(0), low: UInt64(0))
        var position = 0
        for byte in text {
            guard position < Self.textLength else { return nil }
            if Self.isDash(position) {
                guard byte == UInt8(ascii: "-") else { return nil }
            } else {
                guard let digit = Self.digit(of: byte) else { return nil }
                if position < Self.firstOfLowHalf {
                    halves.high = halves.high << 4 | digit
                } else {
                    halves.low = halves.low << 4 | digit
                }
            }
            position += 1
        }
        guard position == Self.textLength else { return nil }
        self.init(high: halves.high, low: halves.low)
    }

    /// The canonical text, in lower case.
    public var description: String {
        var text: [UInt8] = []
        text.reserveCapacity(Self.textLength)
        write(to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Appends the canonical text, in lower case, as `textLength` ASCII bytes.
    public func write(to output: inout [UInt8]) {
        let start = output.count
        output.append(contentsOf: Self.dashes)
        var text = output.mutableSpan
        var bytes = text.mutableBytes
        let digits = (
            Self.digits(of: high >> 32), Self.digits(of: high), Self.digits(of: low >> 32), Self.digits(of: low)
        )
        bytes.storeBytes(of: digits.0, toByteOffset: start, as: UInt64.self)
        bytes.storeBytes(of: digits.1.first, toByteOffset: start + 9, as: UInt32.self)
        bytes.storeBytes(of: digits.1.last, toByteOffset: start + 14, as: UInt32.self)
        bytes.storeBytes(of: digits.2.first, toByteOffset: start + 19, as: UInt32.self)
        bytes.storeBytes(of: digits.2.last, toByteOffset: start + 24, as: UInt32.self)
        bytes.storeBytes(of: digits.3, toByteOffset: start + 28, as: UInt64.self)
    }

    /// What the digits are written into.
    private static let dashes = [UInt8](repeating: UInt8(ascii: "-"), count: textLength)

    /// The eight digits of the lower half of `number`, in the order in which they lie in memory.
    ///
    /// All at once: the nibbles are spread out, each into a byte of its own. A byte above 9 carries into its high nibble
    /// when 6 is added, and those get the distance from `0` + 10 to `a` more.
    private static func digits(of number: UInt64) -> UInt64 {
        var nibbles = number & 0xffff_ffff
        nibbles = (nibbles | nibbles << 16) & 0x0000_ffff_0000_ffff
        nibbles = (nibbles | nibbles << 8) & 0x00ff_00ff_00ff_00ff
        nibbles = (nibbles | nibbles << 4) & 0x0f0f_0f0f_0f0f_0f0f
        let letters = (nibbles &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return (nibbles &+ 0x3030_3030_3030_3030 &+ letters &* 39).bigEndian
    }

    /// Where the fourth group begins, which is where `low` does.
    private static let firstOfLowHalf = 19

    private static func isDash(_ position: Int) -> Bool {
        position == 8 || position == 13 || position == 18 || position == 23
    }

    private static func digit(of byte: UInt8) -> UInt64? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(byte &- UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(byte &- UInt8(ascii: "a") &+ 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(byte &- UInt8(ascii: "A") &+ 10)
        default: nil
        }
    }
}

extension UInt64 {
    /// Its halves in the order in which they lie in memory.
    fileprivate var first: UInt32 { UInt32(truncatingIfNeeded: bigEndian >> 32).bigEndian }
    fileprivate var last: UInt32 { UInt32(truncatingIfNeeded: bigEndian).bigEndian }
}
