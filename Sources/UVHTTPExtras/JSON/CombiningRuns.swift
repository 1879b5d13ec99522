import UVCore

/// Looks for long runs of combining characters in JSON.
///
/// A `String` that is hashed or compared is normalised, and that sorts each run of combining characters in quadratic time:
/// one name of a MiB would hold the loop for minutes, in `JSONDecoder` already. No language needs more than 30 in a row: UAX
/// #15, "Stream-Safe Text Format".
enum CombiningRuns {
    private static let longest = 30

    /// Whether one is longer, as it stands or in escapes such as `\u0301`.
    ///
    /// - Complexity: O(length of `json`); most bytes are looked at once, and no more.
    static func areTooLong(in json: [UInt8]) -> Bool {
        var count = 0
        var index = 0
        while index < json.count {
            let (scalar, next) = scalar(at: index, in: json)
            index = next
            guard let scalar, scalar.value >= 0x300 else {
                count = 0
                continue
            }
            count = scalar.properties.canonicalCombiningClass == .notReordered ? 0 : count + 1
            if count > longest { return true }
        }
        return false
    }

    /// The scalar that begins at `index`, and the index behind it. Nil for what is none, which no decoder takes.
    private static func scalar(at index: Int, in json: [UInt8]) -> (Unicode.Scalar?, Int) {
        let first = json[index]
        if first == UInt8(ascii: "\\") { return escape(at: index, in: json) }
        if first < 0x80 { return (nil, index + 1) }
        let count = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
        guard first >= 0xC0, index + count <= json.count else { return (nil, index + 1) }
        let value = json[index + 1..<index + count].reduce(UInt32(first) & (0x7F >> UInt32(count))) { value, byte in
            value << 6 | UInt32(byte & 0x3F)
        }
        return (Unicode.Scalar(value), index + count)
    }

    /// The scalar of an escape, of two if they are the halves of one.
    private static func escape(at index: Int, in json: [UInt8]) -> (Unicode.Scalar?, Int) {
        guard let high = unit(at: index, in: json) else { return (nil, index + 2) }
        guard 0xD800..<0xDC00 ~= high, let low = unit(at: index + 6, in: json), 0xDC00..<0xE000 ~= low else {
            return (Unicode.Scalar(high), index + 6)
        }
        return (Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)), index + 12)
    }

    /// The number of `\uXXXX`.
    private static func unit(at index: Int, in json: [UInt8]) -> UInt32? {
        guard index + 6 <= json.count, json[index] == UInt8(ascii: "\\"), json[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var value: UInt32 = 0
        for byte in json[index + 2..<index + 6] {
            guard let digit = byte.hexDigit else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
