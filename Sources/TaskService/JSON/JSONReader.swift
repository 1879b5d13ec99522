import UVCore

/// Reads JSON to the letter of RFC 8259: all of the text is checked, also what is skipped.
///
/// The caller pulls: it asks for the next member or element, looks at its name, and reads or skips its value. Nothing is
/// built that the caller does not ask for, and a string is where it lies in the text unless it has an escape.
///
/// ```swift
/// var reader = try JSONReader(bytes)
/// guard try reader.beginObject() else { … }         // another value: it was skipped
/// while let name = try reader.nextMember() {
///     if reader.says(name, "title") { title = try reader.readValue() } else { try reader.skipValue() }
/// }
/// try reader.end()
/// ```
///
/// `JSONDecoder` is not asked, because its answers are not exact enough for a contract. It does not look at what no
/// caller wants: in a field that is ignored `01`, `"\q"` and bytes that are no UTF-8 pass. It takes a comma before the
/// end of an object, and UTF-16 in place of UTF-8; of two members of one name it takes the first, where every
/// JavaScript server takes the last; and 1.5 for an integer, or 1e400 for anything, it reports as malformed JSON, not
/// as a wrong value.
///
/// Only what is skipped is read by functions that call themselves, and no deeper than `depthLimit`, so that no text can
/// exhaust the stack.
struct JSONReader {
    /// How deep arrays and objects may be nested; tasks and messages need two levels.
    static let depthLimit = 128

    /// A number with more digits than this is not worked out; it counts as no number, which every rule refuses.
    static let numberLimit = 1_000

    let bytes: [UInt8]
    var offset = 0
    private var depth = 0
    /// Whether an array or an object has begun, and nothing of it was read.
    private var isAtStart = false

    /// - Complexity: O(length).
    init(_ bytes: [UInt8]) throws(JSONError) {
        // Outside of strings everything is ASCII, so a look at the whole text is enough.
        guard (try? UTF8Span(validating: bytes.span)) != nil else { throw JSONError(message: "it is not UTF-8") }
        self.bytes = bytes
        skipSpace()
    }

    /// Checks that the text ends behind its one value.
    mutating func end() throws(JSONError) {
        skipSpace()
        guard next == nil else { throw error("the end") }
    }
}

/// Why a text is no JSON; the reason as the end of a sentence.
struct JSONError: Error {
    let message: String
}

/// What a value says, as far as the server wants to know it.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int)
    /// Any other number; one that is too large is infinite.
    case number(Double)
    case string(JSONString)
    /// An array that was skipped.
    case array
    /// An object that was skipped.
    case object
}

/// A string, as it lies in the reader's text, or with its escapes replaced by what they stand for.
enum JSONString: Sendable {
    case plain(Range<Int>)
    case unescaped([UInt8])
}

// MARK: - Objects and arrays

extension JSONReader {
    /// Goes into the object that comes; another value is skipped, and the answer is false.
    mutating func beginObject() throws(JSONError) -> Bool { try begin("{") }

    /// Goes into the array that comes; another value is skipped, and the answer is false.
    mutating func beginArray() throws(JSONError) -> Bool { try begin("[") }

    /// The name of the object's next member, whose value is to be read or skipped; nil at its end.
    mutating func nextMember() throws(JSONError) -> JSONString? {
        guard try goesOn(to: "}", "the object's end") else { return nil }
        guard next == UInt8(ascii: "\"") else { throw error("a member's name") }
        let name = try readString()
        skipSpace()
        guard take(":") else { throw error("a colon") }
        skipSpace()
        return name
    }

    /// Whether the array has another element, which is to be read or skipped; false at its end.
    mutating func nextElement() throws(JSONError) -> Bool { try goesOn(to: "]", "the array's end") }

    private mutating func begin(_ bracket: Unicode.Scalar) throws(JSONError) -> Bool {
        guard next == UInt8(ascii: bracket) else {
            try skipValue()
            return false
        }
        guard depth < Self.depthLimit else { throw JSONError(message: "nested deeper than \(Self.depthLimit) levels") }
        depth += 1
        offset += 1
        isAtStart = true
        return true
    }

    private mutating func goesOn(to bracket: Unicode.Scalar, _ end: StaticString) throws(JSONError) -> Bool {
        skipSpace()
        let isAtStart = isAtStart
        self.isAtStart = false
        if isAtStart, next != UInt8(ascii: bracket) { return true }
        guard take(bracket) else {
            guard take(",") else { throw error("a comma or \(end)") }
            skipSpace()
            return true
        }
        depth -= 1
        return false
    }
}

// MARK: - Values

extension JSONReader {
    mutating func readValue() throws(JSONError) -> JSONValue {
        switch next {
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "["):
            try skipValue()
            return .array
        case UInt8(ascii: "{"):
            try skipValue()
            return .object
        case UInt8(ascii: "t"): return try readName("true", .bool(true))
        case UInt8(ascii: "f"): return try readName("false", .bool(false))
        case UInt8(ascii: "n"): return try readName("null", .null)
        default: return try readNumber()
        }
    }

    /// The strings of an array; nil for anything else, which is skipped. Of more than `limit` one more is returned.
    mutating func readStrings(atMost limit: Int) throws(JSONError) -> [String]? {
        guard try beginArray() else { return nil }
        var strings: [String]? = []
        while try nextElement() {
            guard case .string(let string) = try readValue() else {
                strings = nil
                continue
            }
            if strings?.count ?? 0 <= limit { strings?.append(text(string)) }
        }
        return strings
    }

    mutating func skipValue() throws(JSONError) {
        switch next {
        case UInt8(ascii: "["):
            _ = try beginArray()
            while try nextElement() { try skipValue() }
        case UInt8(ascii: "{"):
            _ = try beginObject()
            while case .some = try nextMember() { try skipValue() }
        default: _ = try readValue()
        }
    }

    private mutating func readName(_ name: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<name.utf8CodeUnitCount {
            guard next == name.utf8Start[index] else { throw error("a value") }
            offset += 1
        }
        return value
    }
}
