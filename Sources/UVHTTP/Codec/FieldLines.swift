import UVCore

/// Field lines as they are sent: `Name: value` CR LF, one behind the other.
///
/// What is sent is kept as bytes from the start, so that a head is one copy. Where a line ends is seen in the bytes: no
/// name has a colon, and no value a control character, for those become spaces.
struct FieldLines {
    // How it is written and forgotten costs nothing: see `Array.overwrite`.
    private var memory: [UInt8] = []
    /// How many bytes the lines have.
    private(set) var count = 0

    /// The names of the lines, and perhaps of lines that were removed.
    private(set) var names = FieldNameSet()

    /// - Complexity: O(bytes added).
    mutating func append(_ name: RawSpan, _ value: RawSpan) {
        append(name, room: value.byteCount) { $0.append(copying: value) }
    }

    /// Appends a line whose value `write` writes, `room` bytes at most.
    ///
    /// - Complexity: O(bytes added).
    @inline(__always)
    mutating func append(_ name: RawSpan, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        let value = count + name.byteCount + 2
        count = memory.overwrite(from: count, room: name.byteCount + room + 4) { lines in
            lines.append(copying: name)
            lines.append(": ")
            write(&lines)
            lines.clean(from: value)
            lines.append("\r\n")
        }
        if !name.isEmpty { names.insert(name, 0..<name.byteCount) }
    }

    /// Appends a line that was made before.
    ///
    /// - Complexity: O(bytes added).
    mutating func append(_ line: FieldLine) {
        count = memory.overwrite(from: count, room: line.bytes.count) { $0.append(copying: line.bytes.span.bytes) }
        names.formUnion(line.names)
    }

    /// Appends lines that were made before, and a value of `room` bytes at most that `write` writes into their gap: text,
    /// without a control character.
    ///
    /// - Complexity: O(bytes added).
    @inline(__always)
    mutating func append(_ template: FieldTemplate, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        count = memory.overwrite(from: count, room: template.lines.count + room) { output in
            let lines = template.lines.span.bytes
            output.append(copying: lines.extracting(first: template.gap))
            write(&output)
            output.append(copying: lines.extracting(droppingFirst: template.gap))
        }
        names.formUnion(template.names)
    }

    /// Appends lines as ``append(_:room:_:)`` does, in place of those of their names.
    ///
    /// - Complexity: O(bytes added), and O(bytes of all lines) where one of them may have such a name.
    @inline(__always)
    mutating func set(_ template: FieldTemplate, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        if names.mayContain(anyOf: template.names) { removeNames(of: template) }
        append(template, room: room, write)
    }

    private mutating func removeNames(of template: FieldTemplate) {
        var others = FieldLines()
        others.append(template, room: 0) { _ in }
        var start = 0
        while let line = others.line(at: start) {
            others.withBytes { remove($0.extracting(line.name)) }
            start = line.range.upperBound
        }
    }

    /// Replaces the lines of a name by one, in the place of the first, as Node does.
    ///
    /// - Complexity: O(bytes added), and O(bytes of all lines) where one of them may have the name.
    mutating func set(_ name: RawSpan, _ value: RawSpan) {
        set(name, room: value.byteCount) { $0.append(copying: value) }
    }

    /// Replaces the lines of a name by one whose value `write` writes, `room` bytes at most.
    ///
    /// - Complexity: as ``set(_:_:)``.
    @inline(__always)
    mutating func set(_ name: RawSpan, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        guard let first = line(named: name) else { return append(name, room: room, write) }
        var one = FieldLines()
        one.append(name, room: room, write)
        replace(first, of: name, by: one)
    }

    private mutating func replace(_ first: Line, of name: RawSpan, by one: FieldLines) {
        remove(name, from: first.range.upperBound)
        replace(first.range, with: one.bytes)
    }

    /// Replaces the lines of the name of `line` by it.
    ///
    /// - Complexity: as ``set(_:_:)``.
    mutating func set(_ line: FieldLine) {
        guard names.mayContain(anyOf: line.names) else { return append(line) }
        let bytes = line.bytes.span.bytes
        set(bytes.extracting(line.name), bytes.extracting(line.value))
    }

    /// - Complexity: O(bytes of all lines) where one of them may have the name.
    mutating func remove(_ name: RawSpan) { remove(name, from: 0) }

    private mutating func remove(_ name: RawSpan, from start: Int) {
        while let line = line(named: name, from: start) { replace(line.range, with: []) }
    }

    @inline(__always)
    mutating func removeAll() {
        count = 0
        names = FieldNameSet()
    }

    /// The first value of a name.
    func value(of name: RawSpan) -> String? {
        withValue(of: name) { String(decoding: [UInt8](copying: $0), as: UTF8.self) }
    }

    /// Gives the bytes of the first value of a name to `body`; nil if it has none.
    func withValue<Value>(of name: RawSpan, _ body: (RawSpan) throws -> Value) rethrows -> Value? {
        guard let line = line(named: name) else { return nil }
        return try withBytes { try body($0.extracting(line.value)) }
    }
}

// MARK: - The bytes of all lines

extension FieldLines {
    var isEmpty: Bool { count == 0 }

    /// How many bytes there is memory for.
    var capacity: Int { memory.count }

    /// Gives them to `body`.
    @inline(__always)
    func withBytes<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value {
        try body(memory.span.bytes.extracting(first: count))
    }

    /// A copy of them.
    ///
    /// - Complexity: O(bytes).
    var bytes: [UInt8] { Array(memory[..<count]) }

    private mutating func replace(_ range: Range<Int>, with line: [UInt8]) {
        memory.removeLast(memory.count - count)
        memory.replaceSubrange(range, with: line)
        count = memory.count
    }
}

// MARK: - Line by line

extension FieldLines {
    /// Where a line lies, and what it is made of.
    struct Line {
        let name, value, range: Range<Int>
    }

    /// The line that begins at `start`; nil behind the last one.
    ///
    /// - Complexity: O(bytes of the line).
    func line(at start: Int) -> Line? {
        withBytes { bytes in
            guard start < bytes.byteCount else { return nil }
            // A name has at least one byte.
            let colon = bytes.endOfToken(from: start + 1)
            let end = bytes.endOfText(from: colon)
            return Line(name: start..<colon, value: colon + 2..<end, range: start..<end + 2)
        }
    }

    private func line(named name: RawSpan, from start: Int = 0) -> Line? {
        names.mayContain(name) ? withBytes { $0.line(named: name, from: start) } : nil
    }
}

extension RawSpan {
    fileprivate func line(named name: RawSpan, from start: Int) -> FieldLines.Line? {
        var start = start
        while start < byteCount {
            let end = endOfText(from: start)
            let colon = start &+ name.byteCount
            if colon < end, byte(at: colon) == UInt8(ascii: ":"), isNamed(name, start..<colon) {
                return FieldLines.Line(name: start..<colon, value: colon + 2..<end, range: start..<end + 2)
            }
            start = end &+ 2
        }
        return nil
    }

    /// Whether `name`, of as many bytes, stands in `range`, in any case of its letters. Most are asked for as they were set.
    fileprivate func isNamed(_ name: RawSpan, _ range: Range<Int>) -> Bool {
        if extracting(range).isSame(as: name) { return true }
        for (offset, place) in range.enumerated() {
            guard byte(at: place).asciiLowercased == name.byte(at: offset).asciiLowercased else { return false }
        }
        return true
    }
}

extension OutputSpan<UInt8> {
    /// Makes spaces of what a value may not have, in the bytes from `start` on.
    @inline(__always)
    fileprivate mutating func clean(from start: Int) {
        var end = span.bytes.endOfText(from: start)
        while end < count {
            self[end] = HTTPGrammar.space
            end = span.bytes.endOfText(from: end)
        }
    }
}
