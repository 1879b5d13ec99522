/// A message that is JSON (RFC 8259), all of it checked, and the few values that are asked for found in it.
///
/// Nothing is built of what a server sends, and no name is hashed: a hostile one costs no more than its length.
package struct JSONMessage {
    /// Where a value stands in the message.
    package typealias Place = Range<Int>

    package let bytes: [UInt8]

    /// The value that is the message.
    package let root: Place

    /// Nil when `bytes` are no JSON.
    ///
    /// - Complexity: O(length), as that of the other functions.
    package init?(_ bytes: [UInt8]) {
        var reader = JSONScanner(bytes)
        guard let root = try? reader.readText() else { return nil }
        self.bytes = bytes
        self.root = root
    }

    /// The value of the member `name` of an object: of several the last. Nil when there is none, or no object.
    package func member(_ name: String, of object: Place) -> Place? {
        var found: Place?
        var reader = JSONScanner(bytes, at: object.lowerBound)
        try? reader.readMembers { member, value in
            if isName(member, name) { found = value }
        }
        return found
    }

    /// Calls `body` with the name of each member of an object, and with its value; not at all for another value.
    func forEachMember(of object: Place, _ body: (_ name: String, _ value: Place) -> Void) {
        var reader = JSONScanner(bytes, at: object.lowerBound)
        try? reader.readMembers { member, value in body(string(member) ?? "", value) }
    }

    /// The elements of an array; nil for another value.
    package func elements(of array: Place) -> [Place]? {
        guard bytes[array.lowerBound] == UInt8(ascii: "[") else { return nil }
        var elements: [Place] = []
        var reader = JSONScanner(bytes, at: array.lowerBound)
        try? reader.readElements { elements.append($0) }
        return elements
    }

    package func isNull(_ value: Place) -> Bool { bytes[value].elementsEqual("null".utf8) }

    /// True or false; nil for another value.
    func truth(_ value: Place) -> Bool? {
        switch bytes[value.lowerBound] {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// A number without fraction and exponent; nil for another value.
    package func integer(_ value: Place) -> Int? { integer(value, as: Int.self) }

    /// The same of another type; nil for one that does not fit.
    func integer<Integer: FixedWidthInteger>(_ value: Place, as type: Integer.Type) -> Integer? {
        let isNegative = bytes[value.lowerBound] == UInt8(ascii: "-")
        var number: Integer = 0
        for byte in bytes[value].dropFirst(isNegative ? 1 : 0) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (tens, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let digit = Integer(byte - UInt8(ascii: "0"))
            let (next, overflows) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            guard !isTooLarge, !overflows else { return nil }
            number = next
        }
        return number
    }

    /// A string; nil for another value.
    package func string(_ value: Place) -> String? {
        guard bytes[value.lowerBound] == UInt8(ascii: "\"") else { return nil }
        let text = bytes[value.lowerBound + 1..<value.upperBound - 1]
        guard text.contains(UInt8(ascii: "\\")) else { return String(decoding: text, as: UTF8.self) }
        return unescaped(text)
    }

    /// Names are compared as they stand: the server escapes none.
    private func isName(_ member: Place, _ name: String) -> Bool {
        bytes[member.lowerBound + 1..<member.upperBound - 1].elementsEqual(name.utf8)
    }

    private func unescaped(_ text: ArraySlice<UInt8>) -> String {
        var units: [UInt16] = []
        var rest = text
        while let backslash = rest.firstIndex(of: UInt8(ascii: "\\")) {
            units += String(decoding: rest[..<backslash], as: UTF8.self).utf16
            let escape = rest[backslash + 1]
            rest = rest[(backslash + 2)...]
            if escape == UInt8(ascii: "u") {
                units.append(rest.prefix(4).reduce(0) { $0 << 4 | UInt16(Self.value(ofDigit: $1)) })
                rest = rest.dropFirst(4)
            } else {
                units.append(Self.meaning(of: escape))
            }
        }
        return String(decoding: units + String(decoding: rest, as: UTF8.self).utf16, as: UTF16.self)
    }

    /// The value of a hexadecimal digit, which the scanner has seen to be one.
    private static func value(ofDigit byte: UInt8) -> UInt8 {
        byte <= UInt8(ascii: "9") ? byte & 0x0F : (byte & 0x0F) + 9
    }

    private static func meaning(of escape: UInt8) -> UInt16 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: UInt16(escape)
        }
    }
}
