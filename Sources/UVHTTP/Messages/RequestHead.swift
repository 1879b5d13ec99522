import HTTPTypes
import UVCore

/// A request's head: its bytes, and where its parts lie in them. A part is decoded when it is asked for.
struct RequestHead: Sendable {
    let parts: MessageHead
    private let bytes: [UInt8]

    /// - Parameter bytes: What `parts` was parsed from.
    init(_ parts: MessageHead, copying bytes: RawSpan) {
        self.parts = parts
        self.bytes = [UInt8](copying: bytes)
    }

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
        guard let first = parts.first(field) else { return nil }
        guard parts.repeated.contains(field) else { return text(first.value) }
        return HTTPField.Name(text(first.name)).flatMap { value(of: $0) }
    }

    /// Gives the bytes of a known field's value to `body`; nil if there is none.
    ///
    /// - Complexity: as ``value(of:)-(KnownField)``.
    func withValue<Value>(of field: KnownField, _ body: (RawSpan) throws -> Value) rethrows -> Value? {
        guard let first = parts.first(field) else { return nil }
        guard !parts.repeated.contains(field) else { return try value(of: field).map { try body($0.utf8.span.bytes) } }
        return try body(bytes.span.bytes.extracting(first.value))
    }

    /// The value of a field, several of one name joined. RFC 9110 section 5.3.
    ///
    /// - Complexity: O(1) for most names that are not there, otherwise O(fields).
    func value(of name: HTTPField.Name) -> String? {
        guard let first = firstIndex(of: name, from: 0) else { return nil }
        let value = text(parts.fields[first].value)
        guard let second = firstIndex(of: name, from: first + 1) else { return value }
        if Self.singletons.contains(ByteText(name.canonicalName)) { return value }
        return joined([value], name, from: second)
    }

    /// The place of the first field of that name, behind those before `start`.
    private func firstIndex(of name: HTTPField.Name, from start: Int) -> Int? {
        let name = name.canonicalName.utf8.span.bytes
        guard parts.names.mayContain(name) else { return nil }
        let bytes = bytes.span.bytes
        for index in start..<parts.fields.count {
            let range = parts.fields[index].name
            if range.count == name.byteCount, bytes.extracting(range).hasSame(asciiLowercase: name) { return index }
        }
        return nil
    }

    private func joined(_ first: [String], _ name: HTTPField.Name, from second: Int) -> String {
        var (values, next) = (first, Optional(second))
        while let index = next {
            values.append(text(parts.fields[index].value))
            next = firstIndex(of: name, from: index + 1)
        }
        // RFC 6265 section 5.4; HTTP/2 splits cookies, and proxies may pass them on so.
        return values.joined(separator: name == .cookie ? "; " : ", ")
    }

    /// Of these the first counts, as in Node. `Authorization` and its sister for proxies are not here, though they are
    /// in Node's list: a proxy in front of this server may have looked at the other one.
    private static let singletons: Set<ByteText> = [
        "age", "content-length", "content-type", "etag", "expires", "from", "host", "if-modified-since",
        "if-unmodified-since", "last-modified", "location", "max-forwards", "referer", "retry-after", "server",
        "user-agent",
    ]

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
