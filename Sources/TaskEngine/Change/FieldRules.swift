/// What each field accepts: pure functions from what a client sent to what is kept.
enum FieldRules {
    static func title(_ text: String) throws(TaskError) -> String {
        let title = trimmed(text)
        guard !title.utf8.isEmpty, has(atMost: 500, title) else { throw .invalidField(.title) }
        return title
    }

    static func description(_ text: String) throws(TaskError) -> String {
        guard has(atMost: 10_000, text) else { throw .invalidField(.description) }
        return text
    }

    static func status(_ text: String) throws(TaskError) -> TaskStatus {
        guard let status = TaskStatus(text: text) else { throw .invalidField(.status) }
        return status
    }

    static func priority(_ number: Int) throws(TaskError) -> Int {
        guard TaskPriority.range.contains(number) else { throw .invalidField(.priority) }
        return number
    }

    /// The range is checked first because it makes `Int(_:)` safe. (`Int(exactly:)` needs `trunc` of C's `libm`, with
    /// which a program that imports nothing but this module is not linked.)
    static func priority(_ number: Double) throws(TaskError) -> Int {
        let range = TaskPriority.range
        guard number >= Double(range.lowerBound), number <= Double(range.upperBound), number == Double(Int(number))
        else { throw .invalidField(.priority) }
        return Int(number)
    }

    static func priority(_ text: String) throws(TaskError) -> Int {
        guard let number = Int(text) else { throw .invalidField(.priority) }
        return try priority(number)
    }

    static func dependencies(_ texts: [String]) throws(TaskError) -> [TaskID] {
        var ids: [TaskID] = []
        ids.reserveCapacity(texts.count)
        for text in texts {
            guard let id = TaskID(text) else { throw .invalidField(.dependencies) }
            ids.append(id)
        }
        return try dependencies(ids)
    }

    static func dependencies(_ ids: [TaskID]) throws(TaskError) -> [TaskID] {
        guard ids.count <= 1000 else { throw .invalidField(.dependencies) }
        var seen: Set<TaskID> = []
        return ids.filter { seen.insert($0).inserted }
    }

    static func project(_ name: String) throws(TaskError) -> String {
        guard (1...64).contains(name.utf8.count), name.utf8.allSatisfy(isNameByte) else {
            throw .invalidField(.project)
        }
        return name
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Whether there are no more than `limit` Unicode scalars. None is less than a byte, so most texts need no count.
    private static func has(atMost limit: Int, _ text: String) -> Bool {
        text.utf8.count <= limit || text.unicodeScalars.count <= limit
    }

    /// What JavaScript's `String.prototype.trim` leaves: Unicode's white space is taken away but for U+0085, and the
    /// byte order mark with it (ECMA-262, "White Space" and "Line Terminators").
    private static func trimmed(_ text: String) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar == "\u{FEFF}" || (scalar.properties.isWhitespace && scalar != "\u{85}")
        }
        let bytes = text.utf8Span.span
        if let last = bytes.indices.last, isVisible(bytes[0]), isVisible(bytes[last]) { return text }
        let scalars = text.unicodeScalars
        guard let start = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[start...last])
    }

    /// Whether a byte is a character of ASCII that is no space.
    private static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }
}
