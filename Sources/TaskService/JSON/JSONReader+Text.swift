import UVCore

/// Numbers, strings and what they are made of.
extension JSONReader {
    mutating func readNumber() throws(JSONError) -> JSONValue {
        let start = offset
        let isNegative = take("-")
        let first = offset
        let number = try readDigits()
        let digits = offset - first
        let isWhole = try !skipFraction()
        guard offset - start <= Self.numberLimit else { return .number(.nan) }
        // Up to 18 digits fit.
        if isWhole, digits <= 18 { return .integer(isNegative ? -number : number) }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        return .number(Double(text) ?? .nan)
    }

    /// The number in front of fraction and exponent, if it has 18 digits at most.
    private mutating func readDigits() throws(JSONError) -> Int {
        if take("0") { return 0 }
        var number = 0
        let start = offset
        while let digit = nextDigit {
            number = number &* 10 &+ Int(digit)
            offset += 1
        }
        guard offset > start else { throw error("a value") }
        return number
    }

    /// Returns whether there is a fraction or an exponent.
    private mutating func skipFraction() throws(JSONError) -> Bool {
        let start = offset
        if take(".") { try skipDigits() }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try skipDigits()
        }
        return offset > start
    }

    private mutating func skipDigits() throws(JSONError) {
        guard nextDigit != nil else { throw error("a digit") }
        while nextDigit != nil { offset += 1 }
    }

    private var nextDigit: UInt8? {
        guard let byte = next, byte &- UInt8(ascii: "0") < 10 else { return nil }
        return byte &- UInt8(ascii: "0")
    }
}

// MARK: - Strings

extension JSONReader {
    /// Gives the bytes of a string that was read to `body`.
    func withBytes<Value>(of string: JSONString, _ body: (RawSpan) -> Value) -> Value {
        switch string {
        case .plain(let range): body(bytes.span.bytes.extracting(range))
        case .unescaped(let text): body(text.span.bytes)
        }
    }

    func text(_ string: JSONString) -> String {
        switch string {
        case .plain(let range): String(decoding: bytes[range], as: UTF8.self)
        case .unescaped(let text): String(decoding: text, as: UTF8.self)
        }
    }

    /// Whether the bytes of a string that was read are those of `text`.
    func says(_ string: JSONString, _ text: StaticString) -> Bool { withBytes(of: string) { $0.isSame(as: text) } }

    /// Reads a string from its opening quote on.
    mutating func readString() throws(JSONError) -> JSONString {
        offset += 1
        let start = offset
        skipPlain()
        if next == UInt8(ascii: "\"") {
            offset += 1
            return .plain(start..<offset - 1)
        }
        var unescaped = Array(bytes[start..<offset])
        while !take("\"") {
            guard take("\\") else { throw error("a string's end, or what may stand in one,") }
            try readEscape(into: &unescaped)
            let start = offset
            skipPlain()
            unescaped += bytes[start..<offset]
        }
        return .unescaped(unescaped)
    }

    /// Skips what stands for itself: anything but quotes, backslashes and control characters.
    private mutating func skipPlain() { offset = bytes.span.bytes.endOfPlainJSON(from: offset) }

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
        case UInt8(ascii: "u"): output.append(contentsOf: UTF8.encode(try readScalar()) ?? .init())
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
            guard let digit = next.flatMap(\.hexDigit) else { throw error("four hexadecimal digits") }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}

// MARK: - Bytes

extension JSONReader {
    var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    func error(_ expected: String) -> JSONError {
        JSONError(message: "\(expected) was expected at byte \(offset)")
    }
}
