import TaskEngine
import UVCore
import UVHTTP

/// Why a body says nothing that can be used.
enum BodyError: Error {
    case noJSON(JSONError)
    case noObject
    case fault(BodyFault)
    /// A field of a task has a wrong type or value.
    case refused(TaskError, index: Int?)
}

/// A member with a wrong value, or one that is missing.
struct BodyFault: Error {
    let field: String
    /// What the value must be; nil of one that is missing.
    let rule: String?
    /// Of the array's element in which it is.
    var index: Int?

    var message: String { rule.map { "\(field) must be \($0)" } ?? "\(field) is required" }
}

/// Reads a request's body member by member, and notes the members with wrong values: what is no JSON is told first, and of
/// several members of one name the last counts.
///
/// ```swift
/// let fence = try BodyReader.read(bytes) { body throws(JSONError) in
///     var fence: Int?
///     while let name = try body.nextMember() {
///         if body.says(name, "fence") { fence = try body.integer("fence", in: 1...Int.max) } else { try body.skip() }
///     }
///     return body.required(fence, "fence")
/// }
/// ```
struct BodyReader {
    var json: JSONReader
    private var faults: [BodyFault] = []
    /// The first one beyond as many as are looked through for each member: it is not taken back any more.
    private var surplus: BodyFault?
    /// In front of the names of what is read: `claim.`
    private var prefix = ""
    private var index: Int?

    private init(_ bytes: [UInt8]) throws(JSONError) { json = try JSONReader(bytes) }

    /// Reads an object.
    ///
    /// - Parameter read: Called within the object, which it reads to its end.
    static func read<Value>(
        _ bytes: [UInt8], _ read: (inout BodyReader) throws(JSONError) -> Value?
    ) throws(BodyError) -> Value {
        let (value, fault): (Value?, BodyFault?)
        do throws(JSONError) {
            var body = try BodyReader(bytes)
            let isObject = try body.json.beginObject()
            value = isObject ? try read(&body) : nil
            try body.json.end()
            fault = isObject ? body.faults.first ?? body.surplus : BodyFault(field: "", rule: nil)
        } catch {
            throw .noJSON(error)
        }
        if let fault { throw fault.field.isEmpty ? .noObject : .fault(fault) }
        guard let value else { throw .noObject }
        return value
    }

    mutating func nextMember() throws(JSONError) -> JSONString? { try json.nextMember() }

    func says(_ name: JSONString, _ text: StaticString) -> Bool { json.says(name, text) }

    mutating func skip() throws(JSONError) { try json.skipValue() }
}

// MARK: - Values

extension BodyReader {
    /// A whole number in `range`; nil if it is none, which is noted.
    mutating func integer(_ field: String, in range: ClosedRange<Int>) throws(JSONError) -> Int? {
        let number: Int? =
            switch try json.readValue() {
            case .integer(let number): number
            case .number(let number): Int(exactly: number)
            default: nil
            }
        let isRight = number.map(range.contains) ?? false
        return note(isRight ? number : nil, field, "an integer from \(range.lowerBound) to \(range.upperBound)")
    }

    /// So many seconds, to the millisecond.
    mutating func seconds(_ field: String, in range: ClosedRange<Double>) throws(JSONError) -> Duration? {
        let number = try readNumber().flatMap { range.contains($0) ? $0 : nil }
        let duration = number.map { Duration.milliseconds(Int64($0 * 1_000 + 0.5)) }
        return note(duration, field, "a number of seconds from \(range.lowerBound) to \(range.upperBound)")
    }

    mutating func number(_ field: String, in range: ClosedRange<Double>) throws(JSONError) -> Double? {
        let number = try readNumber().flatMap { range.contains($0) ? $0 : nil }
        return note(number, field, "a number from \(range.lowerBound) to \(range.upperBound)")
    }

    private mutating func readNumber() throws(JSONError) -> Double? {
        switch try json.readValue() {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    mutating func bool(_ field: String) throws(JSONError) -> Bool? {
        guard case .bool(let value) = try json.readValue() else { return note(nil, field, "true or false") }
        return note(value, field, "")
    }

    /// A string that passes the test.
    mutating func string(
        _ field: String, rule: @autoclosure () -> String, where isRight: (RawSpan) -> Bool
    ) throws(JSONError) -> PlainText? {
        guard case .string(let string) = try json.readValue(), json.withBytes(of: string, isRight) else {
            return note(nil, field, rule())
        }
        return note(PlainText(json.text(string)), field, rule())
    }

    /// The id of a task.
    mutating func id(_ field: String) throws(JSONError) -> TaskID? {
        note(try json.readText(TaskID.init(utf8:)), field, "the id of a task")
    }

    mutating func time(_ field: String) throws(JSONError) -> Timestamp? {
        let rule = "a time such as 2026-01-02T03:04:05.678Z"
        return note(try json.readText(Timestamp.init(utf8:)), field, rule)
    }

    /// Any value, as its text; `.some(nil)` for null.
    mutating func body(_ field: String, limit: Int) throws(JSONError) -> JSONBody?? {
        let body = try json.readBody()
        guard body?.bytes.count ?? 0 <= limit else { return note(nil, field, "JSON of at most \(limit) bytes") }
        return note(.some(body), field, "")
    }

    /// Whether null comes, which is read then.
    mutating func null(_ field: String) throws(JSONError) -> Bool {
        guard json.next == UInt8(ascii: "n") else { return false }
        try json.skipValue()
        _ = note(true, field, "")
        return true
    }

    /// The elements of an array, each read by `read`.
    ///
    /// - Parameter names: What stands in front of the names of their members.
    mutating func array<Element>(
        _ field: String, atMost limit: Int, _ rule: @autoclosure () -> String, names: String? = nil,
        _ read: (inout BodyReader) throws(JSONError) -> Element?
    ) throws(JSONError) -> [Element]? {
        guard try json.beginArray() else { return note(nil, field, rule()) }
        var elements: [Element] = []
        var count = 0
        let (outerPrefix, outerIndex) = (prefix, index)
        prefix += names ?? "\(field)."
        while try json.nextElement() {
            index = count
            count += 1
            if count > limit { try json.skipValue() } else if let element = try read(&self) { elements.append(element) }
        }
        (prefix, index) = (outerPrefix, outerIndex)
        return count > limit ? note(nil, field, rule()) : elements
    }

    /// An object, read by `read`.
    mutating func object<Value>(
        _ field: String, _ read: (inout BodyReader) throws(JSONError) -> Value?
    ) throws(JSONError) -> Value? {
        guard try json.beginObject() else { return note(nil, field, "an object") }
        let outer = prefix
        prefix += "\(field)."
        defer { prefix = outer }
        return try read(&self)
    }
}

// MARK: - Faults

extension BodyReader {
    /// Notes that `field` has a wrong value, if `value` is nil; else forgets that it had one.
    mutating func note<Value>(_ value: Value?, _ field: String, _ rule: @autoclosure () -> String) -> Value? {
        // Of a body that is right no name and no rule is put together.
        if value != nil, faults.isEmpty { return value }
        let name = prefix + field
        faults.removeAll { $0.index == index && $0.field.isSame(as: name) }
        if value == nil { add(BodyFault(field: name, rule: rule(), index: index)) }
        return value
    }

    /// `value`, whose lack is noted unless it had a wrong value.
    mutating func required<Value>(_ value: Value?, _ field: String) -> Value? {
        if value != nil { return value }
        let name = prefix + field
        if !faults.contains(where: { $0.index == index && $0.field.isSame(as: name) }) {
            add(BodyFault(field: name, rule: nil, index: index))
        }
        return value
    }

    private mutating func add(_ fault: BodyFault) {
        if faults.count < Self.mostFaults { faults.append(fault) } else if surplus == nil { surplus = fault }
    }

    /// How many faults are known at a time, so that a body costs as much as it is long.
    private static let mostFaults = 16
}

extension JSONReader {
    /// What the string that comes says; nil for another value, too.
    mutating func readText<Value>(_ read: (RawSpan) -> Value?) throws(JSONError) -> Value? {
        guard case .string(let text) = try readValue() else { return nil }
        return withBytes(of: text, read)
    }

    /// The text of the value that comes; nil for null.
    mutating func readBody() throws(JSONError) -> JSONBody? {
        let start = offset
        if case .null = try readAny() { return nil }
        return JSONBody(checked: Array(bytes[start..<offset]))
    }

    private mutating func readAny() throws(JSONError) -> JSONValue {
        switch next {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            try skipValue()
            return .object
        default: return try readValue()
        }
    }
}

extension ServerResponse {
    /// Ends the response with why its request's body cannot be used.
    func end(_ error: BodyError) {
        switch error {
        case .noJSON(let error): end(.invalidJSON, "The body is not JSON: \(error.message).")
        case .noObject: end(.validationError, "The body must be a JSON object.")
        case .refused(let error, let index): end(error, index: index)
        case .fault(let fault):
            let code = if case .none = fault.rule { ErrorCode.missingRequiredField } else { ErrorCode.validationError }
            end(code, "\(fault.message).") { json in
                json.member("field", fault.field)
                if let index = fault.index { json.member("index", index) }
            }
        }
    }
}
