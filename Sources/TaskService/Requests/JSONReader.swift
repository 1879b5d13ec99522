/// Reads JSON to the letter of RFC 8259: all of the text is checked, also what nobody will look at.
///
/// `JSONDecoder` is not asked, because its answers are not exact enough for a contract. What nobody wants it does not
/// look at: in a field that is ignored `01`, `"\q"` and bytes that are no UTF-8 pass. It takes a comma before the end of
/// an object, and UTF-16 in place of UTF-8; of two members of one name it takes the first, where every JavaScript server
/// takes the last; and 1.5 for an integer, or 1e400 for anything, it reports as malformed JSON, not as a wrong value.
///
/// It is a recursive descent: a function for each rule of the grammar. Only arrays and objects call themselves, and no
/// deeper than `depthLimit`, so that no text can exhaust the stack. What it builds is in proportion to the text, whose
/// length the caller bounds.
struct JSONReader {
    /// How deep arrays and objects may be nested; tasks and messages need two levels.
    static let depthLimit = 128

    /// A number with more digits than this is not worked out; it counts as no number, which every rule refuses.
    static let numberLimit = 1_000

    private let bytes: [UInt8]
    private var offset = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What `bytes` say, which must be one JSON text.
    ///
    /// - Complexity: O(length).
    static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes)
        reader.skipSpace()
        let value = try reader.readValue()
        reader.skipSpace()
        guard reader.next == nil else { throw reader.error("the end") }
        return value
    }

    // MARK: Values

    private mutating func readValue() throws(JSONError) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"): return try nested { reader throws(JSONError) in try reader.readObject() }
        case UInt8(ascii: "["): return try nested { reader throws(JSONError) in try reader.readArray() }
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readName("true", .bool(true))
        case UInt8(ascii: "f"): return try readName("false", .bool(false))
        case UInt8(ascii: "n"): return try readName("null", .null)
        default: return try readNumber()
        }
    }

    private mutating func nested(
        _ read: (inout JSONReader) throws(JSONError) -> JSONValue
    ) throws(JSONError) -> JSONValue {
        guard depth < Self.depthLimit else { throw JSONError(message: "nested deeper than \(Self.depthLimit) levels") }
        depth += 1
        offset += 1
        skipSpace()
        let value = try read(&self)
        depth -= 1
        return value
    }

    private mutating func readObject() throws(JSONError) -> JSONValue {
        var members: [String: JSONValue] = [:]
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("a member's name") }
            let name = try readString()
            skipSpace()
            guard take(":") else { throw error("a colon") }
            skipSpace()
            members[name] = try readValue()
            skipSpace()
        } while take(",")
        guard take("}") else { throw error("a comma or the object's end") }
        return .object(members)
    }

    private mutating func readArray() throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        repeat {
            skipSpace()
            elements.append(try readValue())
            skipSpace()
        } while take(",")
        guard take("]") else { throw error("a comma or the array's end") }
        return .array(elements)
    }

    private mutating func readName(_ name: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for byte in name.description.utf8 {
            guard next == byte else { throw error("a value") }
            offset += 1
        }
        return value
    }

    // MARK: Numbers

    private mutating func readNumber() throws(JSONError) -> JSONValue {
        let start = offset
        _ = take("-")
        if !take("0") {
            guard skipDigits() else { throw error("a value") }
        }
        let isWhole = next != UInt8(ascii: ".") && next != UInt8(ascii: "e") && next != UInt8(ascii: "E")
        if take(".") {
            guard skipDigits() else { throw error("a digit") }
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard skipDigits() else { throw error("a digit") }
        }
        guard offset - start <= Self.numberLimit else { return .number(.nan) }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        return .number(Double(text) ?? .nan)
    }

    private mutating func skipDigits() -> Bool {
        let start = offset
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        return offset > start
    }

    // MARK: Bytes

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private func error(_ expected: String) -> JSONError {
        JSONError(message: "\(expected) was expected at byte \(offset)")
    }
}

/// Why a text is no JSON; the reason as the end of a sentence.
struct JSONError: Error, Hashable {
    let message: String
}

// MARK: - Strings

extension JSONReader {
    /// Reads a string from its opening quote on.
    private mutating func readString() throws(JSONError) -> String {
        offset += 1
        let start = offset
        skipPlain()
        if next == UInt8(ascii: "\"") {
            defer { offset += 1 }
            return try text(bytes[start..<offset])
        }
        var unescaped = Array(bytes[start..<offset])
        while !take("\"") {
            guard take("\\") else { throw error("a string's end, or what may stand in one,") }
            try readEscape(into: &unescaped)
            let start = offset
            skipPlain()
            unescaped += bytes[start..<offset]
        }
        return try text(unescaped[...])
    }

    /// Skips what stands for itself: anything but quotes, backslashes and control characters.
    private mutating func skipPlain() {
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { offset += 1 }
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONError(message: "a string before byte \(offset) is not UTF-8")
        }
        return text
    }

    private mutating func readEscape(into output: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw error("an escape") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(byte)
        case UInt8(ascii: "b"): output.append(0x08)
        case UInt8(ascii: "f"): output.append(0x0C)
        case UInt8(ascii: "n"): output.append(0x0A)
        case UInt8(ascii: "r"): output.append(0x0D)
        case UInt8(ascii: "t"): output.append(0x09)
        case UInt8(ascii: "u"): output.append(contentsOf: String(try readScalar()).utf8)
        default:
            offset -= 1
            throw error("an escape")
        }
    }

    /// Reads what follows `\u`. A character beyond the first 65,536 is two of them (RFC 8259 section 7); half of such a
    /// pair alone is no character and has no UTF-8.
    private mutating func readScalar() throws(JSONError) -> Unicode.Scalar {
        let unit = try readFourDigits()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard (0xD800...0xDBFF).contains(unit), take("\\"), take("u") else { throw error("a whole character") }
        let second = try readFourDigits()
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = Unicode.Scalar(0x1_0000 + (unit - 0xD800) << 10 + (second - 0xDC00))
        else { throw error("a whole character") }
        return scalar
    }

    private mutating func readFourDigits() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
