import HTTPTypes
import UVCore

/// A request's head: its parser, then its bytes, and where its parts lie in them. A part is decoded when it is asked for.
///
/// Not copyable, so that a look-up takes no copy of it.
struct RequestHead: ~Copyable {
    private var parser: MessageHeadParser
    /// Those of this head, or of the one before while this one is not complete.
    private var bytes: [UInt8] = []

    /// What the server has found out by the fields alone. It holds for the next head, too, if that has the same.
    var notes = FieldNotes()

    /// A head of which nothing has arrived.
    init(_ limits: HTTPLimits) { parser = MessageHeadParser(.request, limits: limits) }

    /// Makes ready for the next head, in the memory of this one.
    @inline(__always)
    mutating func reset(_ limits: HTTPLimits) { parser.reset(limits) }

    /// What the parser has found; complete once it has returned the head's length.
    var parts: MessageHead {
        @inline(__always) _read { yield parser.head }
    }

    /// Whether it is the head before it once more, byte by byte.
    var repeatsFormer: Bool { parser.repeatsHead }

    /// Whether a byte of it has arrived, but for empty lines before it.
    var hasBegun: Bool { parser.hasBegun }

    /// Parses what has arrived, from the head's first byte on. Returns its length once it is complete; then the bytes are
    /// copied.
    mutating func parse(_ bytes: RawSpan) throws(HTTPParseError) -> Int? {
        // Taken out, so that the parser can look at them while it changes.
        var last: [UInt8] = []
        swap(&last, &self.bytes)
        defer { swap(&last, &self.bytes) }
        guard case .head(let length) = try parser.step(bytes, after: last.span.bytes) else { return nil }
        if !parser.repeatsHead { last.become(copying: bytes.extracting(first: length)) }
        if !parser.repeatsFields { notes = FieldNotes() }
        return length
    }

    /// Lets go of the fields; the target stays.
    mutating func forgetFields() {
        parser.forgetFields()
        bytes = Array(bytes.prefix(parts.target.range.upperBound))
    }

    /// How many bytes it has memory for.
    var capacity: Int { bytes.capacity }

    /// The target as it was sent.
    var url: String { text(parts.target.range) }

    /// The path as it was sent, without the query.
    var path: String { hasNoPath ? "/" : text(pathRange) }

    /// What follows the `?`, as it was sent.
    var query: String? {
        let (start, end) = (pathRange.upperBound, parts.target.path.upperBound)
        return start < end ? text(start + 1..<end) : nil
    }

    /// The host that the request is for: the authority of a target that is a whole URI, and otherwise `Host`. RFC 9112
    /// section 3.2.2.
    var authority: String? {
        parts.target.authority.isEmpty ? value(of: KnownField.host) : text(parts.target.authority)
    }

    /// Gives the bytes of ``authority`` to `body`; nil if there is none.
    func withAuthority<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value? {
        if parts.target.authority.isEmpty { return try withValue(of: KnownField.host, body) }
        return try body(bytes.span.bytes.extracting(parts.target.authority))
    }

    /// The value of a known field, which lies where the parser has found it; several of one name joined.
    ///
    /// - Complexity: O(1) if it is not there, otherwise O(fields).
    func value(of field: KnownField) -> String? {
        guard has(field), let first = parts.first(field) else { return nil }
        guard isJoined(field) else { return text(first.value) }
        // RFC 6265 section 5.4; HTTP/2 splits cookies, and proxies may pass them on so.
        return joined(parts.fields.filter { $0.known == field }, by: field == .cookie ? "; " : ", ")
    }

    /// Gives the bytes of a known field's value to `body`; nil if there is none.
    ///
    /// - Complexity: as ``value(of:)-(KnownField)``.
    func withValue<Value>(of field: KnownField, _ body: (RawSpan) throws -> Value) rethrows -> Value? {
        guard has(field), let first = parts.first(field) else { return nil }
        if isJoined(field) { return try value(of: field).map { try body($0.utf8.span.bytes) } }
        return try body(bytes.span.bytes.extracting(first.value))
    }

    /// Whether there is such a field.
    @inline(__always)
    func has(_ field: KnownField) -> Bool { parts.known.contains(field) }

    private func isJoined(_ field: KnownField) -> Bool { parts.repeated.contains(field) && !field.countsOnce }

    /// The value of a field, several of one name joined. RFC 9110 section 5.3.
    ///
    /// - Complexity: O(1) for most names that are not there, otherwise O(fields).
    func value(of name: HTTPField.Name) -> String? {
        if let known = KnownField(name) { return value(of: known) }
        guard parts.names.mayContain(name.canonicalName.utf8.span.bytes) else { return nil }
        let fields = parts.fields.filter { isNamed($0, name) }
        guard let first = fields.first else { return nil }
        if fields.count == 1 || KnownField.countsOnce(name) { return text(first.value) }
        return joined(fields, by: ", ")
    }

    private func isNamed(_ field: MessageHead.Field, _ name: HTTPField.Name) -> Bool {
        bytes.span.bytes.extracting(field.name).hasSame(asciiLowercase: name.canonicalName.utf8.span.bytes)
    }

    private func joined(_ fields: [MessageHead.Field], by separator: String) -> String {
        fields.map { text($0.value) }.joined(separator: separator)
    }

    var fields: HTTPFields {
        var fields = HTTPFields()
        for field in parts.fields {
            guard let name = HTTPField.Name(text(field.name)) else { continue }
            fields.append(HTTPField(name: name, value: text(field.value)))
        }
        return fields
    }

    /// The path's bytes, for the router.
    func withPath<Value>(_ body: (RawSpan) throws -> Value) rethrows -> Value {
        if hasNoPath { return try body(Self.root.span.bytes) }
        return try body(bytes.span.bytes.extracting(pathRange))
    }

    private static let root: [UInt8] = [UInt8(ascii: "/")]

    /// A URI that ends with its authority means the root. RFC 9110 section 4.2.3.
    private var hasNoPath: Bool { parts.target.form == .absolute && pathRange.isEmpty }

    private var pathRange: Range<Int> { parts.target.path.lowerBound..<parts.target.pathEnd }

    private func text(_ range: Range<Int>) -> String {
        // The range lies within the head: it comes from the parser, with the same bytes.
        String(decoding: bytes[range], as: UTF8.self)
    }
}

/// What a server finds out by the fields of a request alone, each of its questions a bit: most requests have the fields of
/// the one before, and then the answers are the same. Which question a bit is, the server says.
package struct FieldNotes: OptionSet, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// As that of any set, whose own takes a detour when another module calls it.
    package func contains(_ others: FieldNotes) -> Bool { rawValue & others.rawValue == others.rawValue }
}
