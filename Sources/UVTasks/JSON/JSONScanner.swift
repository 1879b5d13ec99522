/// Walks over a JSON text and checks it: a function for each rule of RFC 8259's grammar.
///
/// Only arrays and objects call themselves, and no deeper than `depthLimit`, so that no text can exhaust the stack.
struct JSONScanner {
    /// The text is no JSON, or is nested too deep.
    struct Malformed: Error {}

    /// A server takes 128 levels, and puts some of its own around a payload that it gives out.
    static let depthLimit = 160

    private let bytes: [UInt8]
    private var offset: Int
    private var depth = 0
    /// How many arrays and objects were open at most.
    private(set) var deepest = 0

    /// - Parameter offset: Where a value begins that is to be looked at.
    init(_ bytes: [UInt8], at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Reads a whole text; the range of its value.
    mutating func readText() throws(Malformed) -> Range<Int> {
        skipSpace()
        let value = try readValue()
        skipSpace()
        guard next == nil else { throw Malformed() }
        return value
    }

    /// Reads an object and calls `body` with the range of each member's name, quotes included, and of its value.
    mutating func readMembers(_ body: (Range<Int>, Range<Int>) -> Void) throws(Malformed) {
        try readList("{", "}") { scanner throws(Malformed) in
            guard scanner.next == UInt8(ascii: "\"") else { throw Malformed() }
            let name = try scanner.readString()
            scanner.skipSpace()
            guard scanner.take(UInt8(ascii: ":")) else { throw Malformed() }
            scanner.skipSpace()
            body(name, try scanner.readValue())
        }
    }

    /// Reads an array and calls `body` with the range of each element.
    mutating func readElements(_ body: (Range<Int>) -> Void) throws(Malformed) {
        try readList("[", "]") { scanner throws(Malformed) in body(try scanner.readValue()) }
    }

    private mutating func readList(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar,
        _ readItem: (inout JSONScanner) throws(Malformed) -> Void
    ) throws(Malformed) {
        guard take(UInt8(ascii: open)), depth < Self.depthLimit else { throw Malformed() }
        depth += 1
        deepest = max(deepest, depth)
        skipSpace()
        if !take(UInt8(ascii: close)) {
            repeat {
                skipSpace()
                try readItem(&self)
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: close)) else { throw Malformed() }
        }
        depth -= 1
    }

    private mutating func readValue() throws(Malformed) -> Range<Int> {
        let start = offset
        switch next {
        case UInt8(ascii: "{"): try readMembers { _, _ in }
        case UInt8(ascii: "["): try readElements { _ in }
        case UInt8(ascii: "\""): _ = try readString()
        case UInt8(ascii: "t"): try readName("true")
        case UInt8(ascii: "f"): try readName("false")
        case UInt8(ascii: "n"): try readName("null")
        default: try readNumber()
        }
        return start..<offset
    }

    private mutating func readName(_ name: String) throws(Malformed) {
        guard bytes[offset...].prefix(name.utf8.count).elementsEqual(name.utf8) else { throw Malformed() }
        offset += name.utf8.count
    }

    private mutating func readNumber() throws(Malformed) {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try readDigits() }
        if take(UInt8(ascii: ".")) { try readDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try readDigits()
        }
    }

    private mutating func readDigits() throws(Malformed) {
        let start = offset
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { offset += 1 }
        guard offset > start else { throw Malformed() }
    }

    private mutating func readString() throws(Malformed) -> Range<Int> {
        let start = offset
        offset += 1
        while !take(UInt8(ascii: "\"")) {
            guard let byte = next, byte >= 0x20 else { throw Malformed() }
            offset += 1
            if byte == UInt8(ascii: "\\") { try readEscape() }
        }
        return start..<offset
    }

    private mutating func readEscape() throws(Malformed) {
        guard let byte = next else { throw Malformed() }
        offset += 1
        guard byte == UInt8(ascii: "u") else {
            guard "\"\\/bfnrt".utf8.contains(byte) else { throw Malformed() }
            return
        }
        // Half a pair of surrogates alone is no character (section 8.2), and the server's reader takes none.
        switch try readFourDigits() {
        case 0xD800...0xDBFF:
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), (0xDC00...0xDFFF).contains(try readFourDigits())
            else { throw Malformed() }
        case 0xDC00...0xDFFF: throw Malformed()
        default: break
        }
    }

    private mutating func readFourDigits() throws(Malformed) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap(Self.value(ofDigit:)) else { throw Malformed() }
            value = value << 4 | UInt16(digit)
            offset += 1
        }
        return value
    }

    private static func value(ofDigit byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte & 0x0F
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): (byte & 0x0F) + 9
        default: nil
        }
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }
}
