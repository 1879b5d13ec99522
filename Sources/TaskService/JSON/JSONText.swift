import TaskEngine
import UVCore

/// JSON on its way out, written straight into bytes. RFC 8259.
///
/// What a member begins with (a comma, its name in quotes, a colon) is one piece, and room for the whole member is made
/// once.
struct JSONText {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false
    private var times = TimestampText()

    init() {}

    /// Goes on behind `bytes`, which end with an opening bracket, or with a value where `needsComma` says so.
    init(beginning bytes: [UInt8], needsComma: Bool = false) {
        self.bytes = bytes
        self.needsComma = needsComma
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

    /// Hands over what was written so far; what comes goes on behind it.
    mutating func move(to output: inout [UInt8]) {
        output.append(contentsOf: bytes)
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
    }

    /// Forgets what was written, and keeps the memory for what comes, unless that is a lot.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
        needsComma = false
    }

    /// Memory that a text keeps for what comes next; a task with a long description needs more for a moment.
    static let keptCapacity = 65_536
}

// MARK: - Objects and arrays

extension JSONText {
    /// Writes an object, as an element of an array or as all there is.
    mutating func object(_ body: (inout JSONText) -> Void) {
        beginValue()
        open("{")
        body(&self)
        close("}")
    }

    /// Begins an object that is too long to be written at once.
    mutating func beginObject(_ name: StaticString) {
        member(name, room: 0) { _ in }
        open("{")
    }

    mutating func member(_ name: StaticString, _ body: (inout JSONText) -> Void) {
        beginObject(name)
        body(&self)
        close("}")
    }

    /// An array, whose elements `body` writes.
    mutating func array(_ name: StaticString, _ body: (inout JSONText) -> Void) {
        beginArray(name)
        body(&self)
        endArray()
    }

    /// Begins an array that is too long to be written at once.
    mutating func beginArray(_ name: StaticString) {
        member(name, room: 0) { _ in }
        open("[")
    }

    mutating func endArray() { close("]") }

    private mutating func open(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        bytes.append(UInt8(ascii: bracket))
        needsComma = true
    }

    private mutating func beginValue() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}

// MARK: - Elements

extension JSONText {
    mutating func element(_ value: String) {
        beginValue()
        string(value)
    }

    mutating func element(_ id: TaskID) {
        beginValue()
        bytes.append(addingCapacity: TaskID.textLength + 2) { output in
            output.append(UInt8(ascii: "\""))
            id.write(to: &output)
            output.append(UInt8(ascii: "\""))
        }
    }
}

// MARK: - Members

extension JSONText {
    mutating func member(_ name: StaticString, _ value: String) {
        let text = value.utf8Span.span.bytes
        guard text.endOfPlainJSON(from: 0) == text.byteCount else {
            member(name, room: 0) { _ in }
            return string(value)
        }
        member(name, room: text.byteCount + 2) { output in
            output.append(UInt8(ascii: "\""))
            output.append(copying: text)
            output.append(UInt8(ascii: "\""))
        }
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return member(name, literal: "null") }
        member(name, value)
    }

    mutating func member(_ name: StaticString, _ id: TaskID) {
        member(name, room: TaskID.textLength + 2) { output in
            output.append(UInt8(ascii: "\""))
            id.write(to: &output)
            output.append(UInt8(ascii: "\""))
        }
    }

    mutating func member(_ name: StaticString, _ time: Timestamp) {
        var times = times
        member(name, room: TimestampText.longest + 2) { output in
            output.append(UInt8(ascii: "\""))
            times.write(time, to: &output)
            output.append(UInt8(ascii: "\""))
        }
        self.times = times
    }

    mutating func member(_ name: StaticString, _ time: Timestamp?) {
        guard let time else { return member(name, literal: "null") }
        member(name, time)
    }

    mutating func member(_ name: StaticString, _ value: Int) {
        member(name, room: 20) { $0.append(decimal: value) }
    }

    mutating func member(_ name: StaticString, _ value: Bool) { member(name, literal: value ? "true" : "false") }

    /// A number that JSON has no name for, such as infinity, becomes null, as in JavaScript.
    mutating func member(_ name: StaticString, _ value: Double) {
        guard value.isFinite else { return member(name, literal: "null") }
        member(name, json: String(value).utf8Span.span.bytes)
    }

    /// A string of plain ASCII that needs no escape.
    mutating func member(_ name: StaticString, ascii value: RawSpan) {
        member(name, room: value.byteCount + 2) { output in
            output.append(UInt8(ascii: "\""))
            output.append(copying: value)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// A member whose value is JSON already.
    mutating func member(_ name: StaticString, json value: RawSpan) {
        member(name, room: value.byteCount) { $0.append(copying: value) }
    }

    private mutating func member(_ name: StaticString, literal: StaticString) {
        member(name, room: literal.utf8CodeUnitCount) { $0.append(literal) }
    }

    /// Appends what a member begins with, and lets `write` append its value, of `room` bytes at most.
    @inline(__always)
    private mutating func member(_ name: StaticString, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        let needsComma = needsComma
        bytes.append(addingCapacity: name.utf8CodeUnitCount + 4 + room) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            output.append(name)
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
            write(&output)
        }
        self.needsComma = true
    }
}

// MARK: - Members whose names are not the server's own

extension JSONText {
    mutating func member(named name: String, _ value: String) {
        beginName(name)
        string(value)
    }

    mutating func member(named name: String, _ value: Int) {
        beginName(name)
        bytes.append(addingCapacity: 20) { $0.append(decimal: value) }
    }

    /// A member whose value is JSON already.
    mutating func member(named name: String, literal: String) {
        beginName(name)
        bytes.append(copying: literal.utf8Span.span.bytes)
    }

    private mutating func beginName(_ name: String) {
        beginValue()
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }
}

// MARK: - Strings

extension JSONText {
    /// Appends a string: from one byte that needs an escape to the next, RFC 8259 section 7.
    private mutating func string(_ value: String) {
        let text = value.utf8Span.span.bytes
        bytes.append(UInt8(ascii: "\""))
        var start = 0
        while true {
            let end = text.endOfPlainJSON(from: start)
            bytes.append(copying: text.extracting(start..<end))
            guard end < text.byteCount else { break }
            escape(text.unsafeLoad(fromByteOffset: end, as: UInt8.self))
            start = end + 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case UInt8(ascii: "\n"): bytes += "\\n".utf8
        case UInt8(ascii: "\r"): bytes += "\\r".utf8
        case UInt8(ascii: "\t"): bytes += "\\t".utf8
        default: bytes += "\\u00\(byte < 16 ? "0" : "1")\(String(byte & 15, radix: 16))".utf8
        }
    }
}
