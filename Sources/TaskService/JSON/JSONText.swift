import TaskEngine
import UVCore

/// JSON on its way out, written straight into bytes. RFC 8259.
///
/// What a member begins with (a comma, its name in quotes, a colon) is one piece, and room for the whole member is made
/// once.
struct JSONText {
    // How it is written and forgotten costs nothing: see `Array.overwrite`.
    private var memory: [UInt8] = []
    /// How many bytes were written.
    private(set) var byteCount = 0
    /// Whether something stands in front of the next member or element.
    var needsComma = false
    private var times = TimestampText()

    init() {}

    /// Goes on behind `bytes`, which end with an opening bracket, or with a value where `needsComma` says so.
    init(beginning bytes: [UInt8], needsComma: Bool = false) {
        (memory, byteCount) = (bytes, bytes.count)
        self.needsComma = needsComma
    }

    /// One object, whose members `body` writes.
    static func object(_ body: (inout JSONText) -> Void) -> [UInt8] {
        var (text, bytes) = (JSONText(), [UInt8]())
        text.object(body)
        text.move(to: &bytes)
        return bytes
    }

    /// An object that goes on: its first members, with no end yet.
    static func beginning(_ body: (inout JSONText) -> Void) -> JSONText {
        var text = JSONText(beginning: [UInt8(ascii: "{")])
        body(&text)
        return text
    }

    /// Hands over what was written so far; what comes goes on behind it. It is not copied if there is nothing in front.
    mutating func move(to output: inout [UInt8]) {
        if output.isEmpty {
            memory.removeLast(memory.count - byteCount)
            swap(&output, &memory)
            memory.removeAll()
        } else {
            withBytes { output.append(copying: $0) }
        }
        forget()
    }

    /// Forgets what was written, and keeps the memory for what comes, unless that is a lot.
    mutating func clear() {
        forget()
        needsComma = false
    }

    private mutating func forget() {
        byteCount = 0
        if memory.count > Self.keptCapacity { memory = [] }
    }

    /// Memory that a text keeps for what comes next; a task with a long description needs more for a moment.
    static let keptCapacity = 65_536
}

// MARK: - Objects and arrays

extension JSONText {
    /// Writes an object, as an element of an array or as all there is.
    mutating func object(_ body: (inout JSONText) -> Void) {
        value(room: 0) { _ in }
        open("{")
        body(&self)
        close("}")
    }

    /// Writes a value behind the name that was begun: see ``beginMember(_:)``.
    mutating func embed(_ body: (inout JSONText) -> Void) {
        needsComma = false
        body(&self)
        needsComma = true
    }

    /// Writes an array, as all there is.
    mutating func array(_ body: (inout JSONText) -> Void) {
        value(room: 0) { _ in }
        open("[")
        body(&self)
        close("]")
    }

    /// Begins an object that is too long to be written at once.
    mutating func beginObject(_ name: StaticString) {
        beginMember(name)
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
        beginMember(name)
        open("[")
    }

    mutating func endArray() { close("]") }

    /// Takes the bracket off that ends the last object, so that it goes on.
    mutating func reopen() {
        byteCount -= 1
        needsComma = true
    }

    /// Ends an object that was begun or reopened.
    mutating func endObject() { close("}") }

    /// Ends a line of a text that has a value a line.
    mutating func endLine() {
        append("\n")
        needsComma = false
    }

    private mutating func open(_ bracket: Unicode.Scalar) {
        append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: Unicode.Scalar) {
        append(bracket)
        needsComma = true
    }
}

// MARK: - Bytes

extension JSONText {
    /// Gives what was written to `body`.
    @inline(__always)
    func withBytes<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value {
        try body(memory.span.bytes.extracting(first: byteCount))
    }

    /// A copy of what was written.
    ///
    /// - Complexity: O(bytes).
    var bytes: [UInt8] { Array(memory[..<byteCount]) }

    private mutating func append(_ character: Unicode.Scalar) {
        byteCount = memory.overwrite(from: byteCount, room: 1) { $0.append(UInt8(ascii: character)) }
    }

    /// Appends a member or an element, which `write` writes, `room` bytes at most, behind the comma that it needs.
    @inline(__always)
    mutating func value(room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        let needsComma = needsComma
        byteCount = memory.overwrite(from: byteCount, room: room + 1) { output in
            if needsComma { output.append(UInt8(ascii: ",")) }
            write(&output)
        }
        self.needsComma = true
    }

    /// As ``value(room:_:)``, for one with times in it.
    @inline(__always)
    mutating func value(room: Int, _ write: (inout OutputSpan<UInt8>, inout TimestampText) -> Void) {
        let needsComma = needsComma
        Self.append(to: &memory, from: &byteCount, &times, room: room + 1) { output, times in
            if needsComma { output.append(UInt8(ascii: ",")) }
            write(&output, &times)
        }
        self.needsComma = true
    }

    @inline(__always)
    private static func append(
        to memory: inout [UInt8], from count: inout Int, _ times: inout TimestampText, room: Int,
        _ write: (inout OutputSpan<UInt8>, inout TimestampText) -> Void
    ) {
        count = memory.overwrite(from: count, room: room) { write(&$0, &times) }
    }
}
