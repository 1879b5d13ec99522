/// Numbers, strings and what they are made of.
extension JSONReader {
    mutating func readNumber() throws(JSONError) -> JSONValue {
        let start = offset
        let isWhole = try skipNumber()
        guard offset - start <= Self.numberLimit else { return .number(.nan) }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isWhole, let integer = Int(text) { return .integer(integer) }
        return .number(Double(text) ?? .nan)
    }

    /// Returns whether the number has neither fraction nor exponent.
    mutating func skipNumber() throws(JSONError) -> Bool {
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
        return isWhole
    }

    private mutating func skipDigits() -> Bool {
        let start = offset
        while let byte = next, byte &- UInt8(ascii: "0") < 10 { offset += 1 }
        return offset > start
    }
}

// MARK: - Strings

extension JSONReader {
    mutating func readString() throws(JSONError) -> String {
        try readText { bytes, range in String(decoding: bytes[range], as: UTF8.self) }
    }

    /// Reads a string from its opening quote on, and gives its bytes to `use`: those of the text itself where they stand
    /// for themselves, and a copy where some are escaped.
    mutating func readText<Value>(_ use: ([UInt8], Range<Int>) -> Value) throws(JSONError) -> Value {
        offset += 1
        let start = offset
        skipPlain()
        if next == UInt8(ascii: "\"") {
            defer { offset += 1 }
            return use(bytes, start..<offset)
        }
        var unescaped = Array(bytes[start..<offset])
        while !take("\"") {
            guard take("\\") else { throw error("a string's end, or what may stand in one,") }
            try readEscape(into: &unescaped)
            let start = offset
            skipPlain()
            unescaped += bytes[start..<offset]
        }
        return use(unescaped, unescaped.indices)
    }

    /// Skips what stands for itself: anything but quotes, backslashes and control characters.
    private mutating func skipPlain() {
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { offset += 1 }
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

extension UInt8 {
    /// What the byte is as a hexadecimal digit; nil if it is none.
    var hexDigit: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self &- UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self &- UInt8(ascii: "a") &+ 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self &- UInt8(ascii: "A") &+ 10
        default: nil
        }
    }
}
