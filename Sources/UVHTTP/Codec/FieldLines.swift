import UVCore

/// Field lines as they are sent: `Name: value` CR LF, one behind the other.
///
/// What is sent is kept as bytes from the start, so that a head is one copy. Where a line ends is seen in the bytes: no
/// name has a colon, and no value a control character, for those become spaces.
struct FieldLines {
    private(set) var bytes: [UInt8] = []

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
        begin()
        bytes.append(addingCapacity: name.byteCount + room + 4) { line in
            line.append(copying: name)
            line.append(": ")
            write(&line)
            line.clean(from: name.byteCount + 2)
            line.append("\r\n")
        }
        if !name.isEmpty { names.insert(name, 0..<name.byteCount) }
    }

    /// Appends a line that was made before.
    ///
    /// - Complexity: O(bytes added).
    mutating func append(_ line: FieldLine) {
        begin()
        bytes.append(contentsOf: line.bytes)
        names.formUnion(line.names)
    }

    /// Appends lines that were made before, and a value of `room` bytes at most that `write` writes into their gap: text,
    /// without a control character.
    ///
    /// - Complexity: O(bytes added).
    @inline(__always)
    mutating func append(_ template: FieldTemplate, room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        begin()
        bytes.append(addingCapacity: template.lines.count + room) { output in
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
            remove(others.bytes.span.bytes.extracting(line.name))
            start = line.range.upperBound
        }
    }

    /// Most answers have less than this.
    private mutating func begin() { if bytes.isEmpty { bytes.reserveCapacity(256) } }

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
        bytes.replaceSubrange(first.range, with: one.bytes)
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
        while let line = line(named: name, from: start) { bytes.removeSubrange(line.range) }
    }

    mutating func removeAll() {
        if !bytes.isEmpty { bytes.removeAll(keepingCapacity: true) }
        names = FieldNameSet()
    }

    /// The first value of a name.
    func value(of name: RawSpan) -> String? {
        line(named: name).map { String(decoding: bytes[$0.value], as: UTF8.self) }
    }

    /// Gives the bytes of the first value of a name to `body`; nil if it has none.
    func withValue<Value>(of name: RawSpan, _ body: (RawSpan) throws -> Value) rethrows -> Value? {
        guard let line = line(named: name) else { return nil }
        return try body(bytes.span.bytes.extracting(line.value))
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
        let bytes = bytes.span.bytes
        guard start < bytes.byteCount else { return nil }
        // A name has at least one byte.
        let colon = bytes.endOfToken(from: start + 1)
        let end = bytes.endOfText(from: colon)
        return Line(name: start..<colon, value: colon + 2..<end, range: start..<end + 2)
    }

    private func line(named name: RawSpan, from start: Int = 0) -> Line? {
        guard names.mayContain(name) else { return nil }
        let bytes = bytes.span.bytes
        var start = start
        while start < bytes.byteCount {
            let end = bytes.endOfText(from: start)
            let colon = start &+ name.byteCount
            if colon < end, bytes.byte(at: colon) == UInt8(ascii: ":"), bytes.isNamed(name, start..<colon) {
                return Line(name: start..<colon, value: colon + 2..<end, range: start..<end + 2)
            }
            start = end &+ 2
        }
        return nil
    }
}

extension RawSpan {
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
