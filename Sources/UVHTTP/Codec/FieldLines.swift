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
        begin()
        bytes.append(addingCapacity: name.byteCount + value.byteCount + 4) { line in
            line.append(copying: name)
            line.append(": ")
            line.append(value: value)
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

    /// Most answers have less than this.
    private mutating func begin() { if bytes.isEmpty { bytes.reserveCapacity(256) } }

    /// Replaces the lines of a name by one, in the place of the first, as Node does.
    ///
    /// - Complexity: O(bytes added), and O(bytes of all lines) where one of them may have the name.
    mutating func set(_ name: RawSpan, _ value: RawSpan) {
        guard let first = line(named: name) else { return append(name, value) }
        remove(name, from: first.range.upperBound)
        var one = FieldLines()
        one.append(name, value)
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
        bytes.removeAll(keepingCapacity: true)
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
        var start = start
        while let line = line(at: start) {
            if isNamed(line, name) { return line }
            start = line.range.upperBound
        }
        return nil
    }

    private func isNamed(_ line: Line, _ name: RawSpan) -> Bool {
        guard line.name.count == name.byteCount else { return false }
        let bytes = bytes.span.bytes
        for offset in 0..<name.byteCount {
            let byte = bytes.byte(at: line.name.lowerBound &+ offset)
            guard byte.asciiLowercased == name.byte(at: offset).asciiLowercased else { return false }
        }
        return true
    }
}

extension OutputSpan<UInt8> {
    /// Appends what may be sent of a value.
    @inline(__always)
    fileprivate mutating func append(value: RawSpan) {
        guard value.endOfText(from: 0) < value.byteCount else { return append(copying: value) }
        for offset in 0..<value.byteCount {
            let byte = value.byte(at: offset)
            append(HTTPGrammar.isText(byte) ? byte : HTTPGrammar.space)
        }
    }
}
