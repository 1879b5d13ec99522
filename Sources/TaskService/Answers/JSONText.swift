/// JSON on its way out, written straight into bytes. RFC 8259.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    init() {}

    /// Goes on behind `bytes`, which end with an opening bracket, or with a value where `needsComma` says so.
    init(beginning bytes: [UInt8], needsComma: Bool = false) {
        self.bytes = bytes
        self.needsComma = needsComma
    }

    /// Hands over what was written so far; what comes goes on behind it.
    mutating func move(to output: inout [UInt8]) {
        output.append(contentsOf: bytes)
        bytes.removeAll(keepingCapacity: bytes.capacity <= BodyStream.keptCapacity)
    }

    /// One object, whose members `body` writes.
    static func object(_ body: (inout JSONText) -> Void) -> [UInt8] {
        var text = JSONText()
        text.bytes.reserveCapacity(256)
        text.object(body)
        return text.bytes
    }

    /// An object that goes on: its first members, with no end yet.
    static func beginning(_ body: (inout JSONText) -> Void) -> JSONText {
        var text = JSONText(beginning: [UInt8(ascii: "{")])
        body(&text)
        return text
    }

    /// Begins an object that is too long to be written at once.
    mutating func beginObject(_ name: StaticString) {
        self.name(name)
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
    }

    /// Writes an object, as an element of an array or as all there is.
    mutating func object(_ body: (inout JSONText) -> Void) {
        beginValue()
        bytes.append(UInt8(ascii: "{"))
        needsComma = false
        body(&self)
        bytes.append(UInt8(ascii: "}"))
        needsComma = true
    }

    /// Writes a string, as an element of an array.
    mutating func element(_ value: String) {
        beginValue()
        string(value)
    }

    /// Writes plain ASCII that needs no escape between quotes, as an element of an array.
    mutating func element(_ write: (inout [UInt8]) -> Void) {
        beginValue()
        plainString(write)
    }

    mutating func member(_ name: StaticString, _ value: String) {
        self.name(name)
        string(value)
    }

    /// A member whose name is not the server's own.
    mutating func member(named name: String, _ value: String) {
        beginName(name)
        string(value)
    }

    /// A member whose name is not the server's own.
    mutating func member(named name: String, _ value: Int) { member(named: name, literal: String(value)) }

    /// A member whose name is not the server's own, and whose value is JSON already.
    mutating func member(named name: String, literal: String) {
        beginName(name)
        append(literal)
        needsComma = true
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return member(name, literal: "null") }
        member(name, value)
    }

    mutating func member(_ name: StaticString, _ value: Int) { member(name, literal: String(value)) }

    mutating func member(_ name: StaticString, _ value: Bool) { member(name, literal: value ? "true" : "false") }

    /// A number that JSON has no name for, such as infinity, becomes null, as in JavaScript.
    mutating func member(_ name: StaticString, _ value: Double) {
        member(name, literal: value.isFinite ? String(value) : "null")
    }

    /// Plain ASCII that needs no escape, between quotes.
    mutating func ascii(_ name: StaticString, _ write: (inout [UInt8]) -> Void) {
        self.name(name)
        plainString(write)
    }

    mutating func member(_ name: StaticString, _ body: (inout JSONText) -> Void) {
        self.name(name)
        object(body)
    }

    /// An array, whose elements `body` writes.
    mutating func array(_ name: StaticString, _ body: (inout JSONText) -> Void) {
        beginArray(name)
        body(&self)
        endArray()
    }

    /// Begins an array that is too long to be written at once.
    mutating func beginArray(_ name: StaticString) {
        self.name(name)
        bytes.append(UInt8(ascii: "["))
        needsComma = false
    }

    mutating func endArray() {
        bytes.append(UInt8(ascii: "]"))
        needsComma = true
    }

    private mutating func member(_ name: StaticString, literal: String) {
        self.name(name)
        append(literal)
        needsComma = true
    }

    private mutating func beginValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func plainString(_ write: (inout [UInt8]) -> Void) {
        bytes.append(UInt8(ascii: "\""))
        write(&bytes)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func name(_ name: StaticString) {
        beginValue()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        append("\":")
        needsComma = false
    }

    private mutating func beginName(_ name: String) {
        beginValue()
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    private mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        if Self.needsEscapes(value) {
            for byte in value.utf8 { escape(byte) }
        } else {
            append(value)
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// RFC 8259 section 7: whether `value` has what may not stand in a string as it is.
    private static func needsEscapes(_ value: String) -> Bool {
        let bytes = value.utf8Span.span
        for index in bytes.indices {
            let byte = bytes[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return true }
        }
        return false
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(byte)
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        case 0..<0x20:
            append("\\u00")
            append(byte < 16 ? "0" : "1")
            append(String(byte & 15, radix: 16))
        default: bytes.append(byte)
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
