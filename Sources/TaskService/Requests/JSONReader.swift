/// Reads JSON to the letter of RFC 8259: all of the text is checked, also what is skipped.
///
/// `JSONDecoder` is not asked, because its answers are not exact enough for a contract. It does not look at what no
/// caller wants: in a field that is ignored `01`, `"\q"` and bytes that are no UTF-8 pass. It takes a comma before the
/// end of an object, and UTF-16 in place of UTF-8; of two members of one name it takes the first, where every
/// JavaScript server takes the last; and 1.5 for an integer, or 1e400 for anything, it reports as malformed JSON, not
/// as a wrong value.
///
/// It is a recursive descent: a function for each rule of the grammar. Only arrays and objects call themselves, and no
/// deeper than `depthLimit`, so that no text can exhaust the stack. What a caller wants is built; the rest is skipped,
/// and neither kept nor hashed, whatever stands in it.
struct JSONReader {
    /// How deep arrays and objects may be nested; tasks and messages need two levels.
    static let depthLimit = 128

    /// A number with more digits than this is not worked out; it counts as no number, which every rule refuses.
    static let numberLimit = 1_000

    let bytes: [UInt8]
    var offset = 0
    private var depth = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// What `bytes` say, which must be one JSON text.
    ///
    /// - Complexity: O(length).
    static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue { try read(bytes, JSONNames([])).value }

    /// The members of the object that `bytes` are, in the order of `names`: nil for one that is not there, and of
    /// several of one name the last, as in JavaScript. Nil if `bytes` are JSON, but no object.
    ///
    /// - Complexity: O(length).
    static func readMembers(_ names: JSONNames, of bytes: [UInt8]) throws(JSONError) -> [JSONValue?]? {
        let (value, members) = try read(bytes, names)
        if case .object = value { return members }
        return nil
    }

    private static func read(
        _ bytes: [UInt8], _ names: JSONNames
    ) throws(JSONError) -> (value: JSONValue, members: [JSONValue?]) {
        // Outside of strings everything is ASCII, so a look at the whole text is enough.
        guard (try? UTF8Span(validating: bytes.span)) != nil else { throw JSONError(message: "it is not UTF-8") }
        var reader = JSONReader(bytes)
        var members = [JSONValue?](repeating: nil, count: names.count)
        var value = JSONValue.object
        reader.skipSpace()
        if reader.next == UInt8(ascii: "{") {
            try reader.readObject(names, into: &members)
        } else {
            value = try reader.readValue()
        }
        reader.skipSpace()
        guard reader.next == nil else { throw reader.error("the end") }
        return (value, members)
    }
}

/// Why a text is no JSON; the reason as the end of a sentence.
struct JSONError: Error {
    let message: String
}

// MARK: - Values

extension JSONReader {
    private mutating func readValue() throws(JSONError) -> JSONValue {
        switch next {
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "["): return try readArray()
        case UInt8(ascii: "{"):
            try skipValue()
            return .object
        case UInt8(ascii: "t"): return try readName("true", .bool(true))
        case UInt8(ascii: "f"): return try readName("false", .bool(false))
        case UInt8(ascii: "n"): return try readName("null", .null)
        default: return try readNumber()
        }
    }

    private mutating func skipValue() throws(JSONError) {
        switch next {
        case UInt8(ascii: "\""): _ = try readText { _, _ in }
        case UInt8(ascii: "["): _ = try readArray()
        case UInt8(ascii: "{"):
            var members: [JSONValue?] = []
            try readObject(JSONNames([]), into: &members)
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): _ = try readValue()
        default: _ = try skipNumber()
        }
    }

    private mutating func readObject(_ names: JSONNames, into members: inout [JSONValue?]) throws(JSONError) {
        try enter()
        defer { depth -= 1 }
        if take("}") { return }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("a member's name") }
            let index = try readText { bytes, range in names.index(of: bytes.span.extracting(range)) }
            skipSpace()
            guard take(":") else { throw error("a colon") }
            skipSpace()
            if let index { members[index] = try readValue() } else { try skipValue() }
            skipSpace()
        } while take(",")
        guard take("}") else { throw error("a comma or the object's end") }
    }

    private mutating func readArray() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var strings: [String]? = []
        if take("]") { return .strings([]) }
        repeat {
            skipSpace()
            if strings != nil, next == UInt8(ascii: "\"") {
                strings?.append(try readString())
            } else {
                strings = nil
                try skipValue()
            }
            skipSpace()
        } while take(",")
        guard take("]") else { throw error("a comma or the array's end") }
        return strings.map(JSONValue.strings) ?? .mixedArray
    }

    /// Goes into an array or an object.
    private mutating func enter() throws(JSONError) {
        guard depth < Self.depthLimit else { throw JSONError(message: "nested deeper than \(Self.depthLimit) levels") }
        depth += 1
        offset += 1
        skipSpace()
    }

    private mutating func readName(_ name: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<name.utf8CodeUnitCount {
            guard next == name.utf8Start[index] else { throw error("a value") }
            offset += 1
        }
        return value
    }
}
