import TaskEngine
import UVCore

// MARK: - Elements

extension JSONText {
    mutating func element(_ value: String) {
        let text = value.utf8.span.bytes
        self.value(room: text.roomAsJSON) { $0.append(json: text) }
    }

    mutating func element(_ id: TaskID) {
        value(room: TaskID.textLength + 2) { $0.append(quoted: id) }
    }

    /// An element that is JSON already.
    mutating func element(json value: RawSpan) {
        self.value(room: value.byteCount) { $0.append(copying: value) }
    }
}

// MARK: - Members

extension JSONText {
    /// Writes the members of an object that is JSON already.
    mutating func members(of object: RawSpan) {
        guard object.byteCount > 2 else { return }
        element(json: object.extracting(1..<object.byteCount - 1))
    }

    mutating func member(_ name: StaticString, _ value: String) {
        let text = value.utf8.span.bytes
        member(name, room: text.roomAsJSON) { $0.append(json: text) }
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return member(name, literal: "null") }
        member(name, value)
    }

    mutating func member(_ name: StaticString, _ id: TaskID) {
        member(name, room: TaskID.textLength + 2) { $0.append(quoted: id) }
    }

    mutating func member(_ name: StaticString, _ request: RequestName) {
        if let id = request.id { member(name, id) } else { member(name, request.text) }
    }

    mutating func member(_ name: StaticString, _ time: Timestamp) {
        value(room: Self.room(for: name) + TimestampText.longest + 2) { output, times in
            output.append(name: name)
            output.append(UInt8(ascii: "\""))
            times.write(time, to: &output)
            output.append(UInt8(ascii: "\""))
        }
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
        member(name, json: String(value).utf8.span.bytes)
    }

    mutating func memberNull(_ name: StaticString) { member(name, literal: "null") }

    /// A number, written without a fraction where it has none.
    mutating func member(_ name: StaticString, number: Double) {
        if number == number.rounded(), abs(number) < 1e15 { member(name, Int(number)) } else { member(name, number) }
    }

    /// So many seconds, to the millisecond.
    mutating func member(_ name: StaticString, seconds duration: Duration?) {
        guard let duration else { return memberNull(name) }
        member(name, number: Double(duration.wholeMilliseconds) / 1_000)
    }

    /// A string that stands in the program and needs no escape.
    mutating func member(_ name: StaticString, constant value: StaticString) {
        member(name, room: value.utf8CodeUnitCount + 2) { output in
            output.append(UInt8(ascii: "\""))
            output.append(value)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// A string of plain ASCII that needs no escape.
    mutating func member(_ name: StaticString, ascii value: RawSpan) {
        member(name, room: value.byteCount + 2) { $0.append(quoted: value) }
    }

    /// A member whose value is JSON already.
    mutating func member(_ name: StaticString, json value: RawSpan) {
        member(name, room: value.byteCount) { $0.append(copying: value) }
    }

    /// Members, `room` bytes at most, behind others of their object: `write` writes the comma in front of each.
    @inline(__always)
    mutating func members(room: Int, _ write: (inout OutputSpan<UInt8>, inout TimestampText) -> Void) {
        needsComma = false
        value(room: room, write)
    }

    /// What a member begins with: its value is written behind it.
    mutating func beginMember(_ name: StaticString) {
        member(name, room: 0) { _ in }
    }

    private mutating func member(_ name: StaticString, literal: StaticString) {
        member(name, room: literal.utf8CodeUnitCount) { $0.append(literal) }
    }

    /// Appends what a member begins with, and lets `write` append its value, of `room` bytes at most.
    @inline(__always)
    private mutating func member(_ name: StaticString, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        value(room: Self.room(for: name) + room) { output in
            output.append(name: name)
            write(&output)
        }
    }

    private static func room(for name: StaticString) -> Int { name.utf8CodeUnitCount + 3 }
}

// MARK: - Members whose names are not the server's own

extension JSONText {
    mutating func member(named name: String, _ value: String) {
        let text = value.utf8.span.bytes
        member(named: name, room: text.roomAsJSON) { $0.append(json: text) }
    }

    mutating func member(named name: String, _ value: Int) {
        member(named: name, room: 20) { $0.append(decimal: value) }
    }

    /// A member whose value is JSON already.
    mutating func member(named name: String, literal: String) {
        let json = literal.utf8.span.bytes
        member(named: name, room: json.byteCount) { $0.append(copying: json) }
    }

    private mutating func member(named name: String, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        let text = name.utf8.span.bytes
        value(room: text.roomAsJSON + 1 + room) { output in
            output.append(json: text)
            output.append(UInt8(ascii: ":"))
            write(&output)
        }
    }
}
