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
        var rest = high
        for position in 0..<Self.textLength where !Self.isDash(position) {
            if position == Self.firstOfLowHalf { rest = low }
            let digit = UInt8(truncatingIfNeeded: rest >> 60)
            text[start + position] = digit < 10 ? UInt8(ascii: "0") &+ digit : UInt8(ascii: "a") &- 10 &+ digit
            rest <<= 4
        }
    }

    /// What the digits are written into.
    private static let dashes = [UInt8](repeating: UInt8(ascii: "-"), count: textLength)

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
