import UVCore

/// A request target, RFC 9112 section 3.2, as offsets into the bytes of its head.
///
/// | form | example | `authority` | `path` |
/// |---|---|---|---|
/// | origin | `/tasks?limit=2` | – | all of it |
/// | absolute | `http://localhost:3000/tasks` | `localhost:3000` | `/tasks` |
/// | authority | `localhost:3000` | all of it | – |
/// | asterisk | `*` | – | all of it |
package struct RequestTarget: Equatable, Sendable {
    package enum Form: Equatable, Sendable {
        /// A path and perhaps a query: the form for requests to servers.
        case origin

        /// A whole URI: the form for requests to proxies. Its authority counts, not the Host field.
        case absolute

        /// A host and a port, with CONNECT and only there.
        case authority

        /// The server as a whole, with OPTIONS and only there.
        case asterisk
    }

    package private(set) var form = Form.origin

    /// All of it, as it was sent.
    package private(set) var range = 0..<0

    /// The host, and the port where one is named; empty in the origin and asterisk forms.
    package private(set) var authority = 0..<0

    /// Path and query; empty where a URI ends with its authority, which means `/`.
    package private(set) var path = 0..<0

    /// Where the `?` of the query stands, or else where ``path`` ends.
    package private(set) var pathEnd = 0

    init() {}

    /// Whether a target of `method` may begin with `byte`.
    @inline(__always)
    static func mayBegin(with byte: UInt8, method: RequestMethod) -> Bool {
        guard method != .connect else { return HTTPGrammar.authority.contains(byte) }
        return byte == UInt8(ascii: "/") || HTTPGrammar.isLetter(byte)
            || byte == UInt8(ascii: "*") && method == .options
    }

    /// Tells the forms apart. The range holds only bytes that may be in a target, and begins as one may.
    @inline(__always)
    init(_ bytes: RawSpan, range: Range<Int>, method: RequestMethod) throws(HTTPParseError) {
        self.range = range
        if bytes.byte(at: range.lowerBound) == UInt8(ascii: "/"), method != .connect {
            path = range
        } else {
            try readRareForm(bytes, method: method)
        }
        pathEnd = bytes.first(UInt8(ascii: "?"), in: path)
    }

    private mutating func readRareForm(_ bytes: RawSpan, method: RequestMethod) throws(HTTPParseError) {
        if method == .connect {
            form = .authority
            authority = range
            guard bytes.isAuthority(authority, needsPort: true) else { throw .invalidTarget }
        } else if bytes.byte(at: range.lowerBound) == UInt8(ascii: "*") {
            form = .asterisk
            path = range
            guard range.count == 1 else { throw .invalidTarget }
        } else {
            form = .absolute
            try readURI(bytes)
        }
    }

    /// Reads `scheme "://" host [ ":" port ] path-and-query`. Names and passwords before the host are refused, as RFC
    /// 9110 section 4.2.4 advises, and so is an empty host (section 4.2.1).
    private mutating func readURI(_ bytes: RawSpan) throws(HTTPParseError) {
        var colon = range.lowerBound
        while colon < range.upperBound, HTTPGrammar.isLetter(bytes.byte(at: colon)) { colon &+= 1 }
        guard range.upperBound &- colon > 3, bytes.byte(at: colon) == UInt8(ascii: ":"),
            bytes.byte(at: colon &+ 1) == UInt8(ascii: "/"), bytes.byte(at: colon &+ 2) == UInt8(ascii: "/")
        else { throw .invalidTarget }
        let start = colon &+ 3
        let end = bytes.end(of: HTTPGrammar.authority, from: start, to: range.upperBound)
        authority = start..<end
        path = end..<range.upperBound
        guard !authority.isEmpty, bytes.isAuthority(authority, needsPort: false) else { throw .invalidTarget }
        guard let first = path.first.map({ bytes.byte(at: $0) }) else { return }
        guard first == UInt8(ascii: "/") || first == UInt8(ascii: "?") else { throw .invalidTarget }
    }
}
