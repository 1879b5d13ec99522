import UVCore

/// The methods that a request may have: those that Node's parser knows, RFC 9110 section 9 and WebDAV's among them.
///
/// Methods are case-sensitive, so `get` is none.
package enum RequestMethod: ByteText, CaseIterable, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case head = "HEAD"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    case connect = "CONNECT"
    case trace = "TRACE"
    case query = "QUERY"

    case acl = "ACL"
    case bind = "BIND"
    case checkout = "CHECKOUT"
    case copy = "COPY"
    case link = "LINK"
    case lock = "LOCK"
    case merge = "MERGE"
    case makeActivity = "MKACTIVITY"
    case makeCalendar = "MKCALENDAR"
    case makeCollection = "MKCOL"
    case move = "MOVE"
    case mSearch = "M-SEARCH"
    case notify = "NOTIFY"
    case propfind = "PROPFIND"
    case proppatch = "PROPPATCH"
    case purge = "PURGE"
    case rebind = "REBIND"
    case report = "REPORT"
    case search = "SEARCH"
    case source = "SOURCE"
    case subscribe = "SUBSCRIBE"
    case unbind = "UNBIND"
    case unlink = "UNLINK"
    case unlock = "UNLOCK"
    case unsubscribe = "UNSUBSCRIBE"
}

extension RequestMethod {
    /// What the first bytes of a request line are.
    enum Match {
        /// A method, whose space is just before `end`.
        case found(RequestMethod, end: Int)

        /// A token that is none of these methods, whose space is just before `end`.
        case unknown(end: Int)

        /// The beginning of a token.
        case incomplete

        case none
    }

    /// Reads a method and the space behind it, of which the bytes before `seen` were part of a token the last time.
    @inline(__always)
    static func match(_ bytes: RawSpan, from start: Int, seen: Int) -> Match {
        if start &+ 8 <= bytes.byteCount {
            // `GET ` and `POST `, the first byte lowest: nearly all that comes.
            let word = bytes.word(at: start)
            if word & 0xFFFF_FFFF == 0x2054_4547 { return .found(.get, end: start &+ 4) }
            if word & 0xFF_FFFF_FFFF == 0x20_5453_4F50 { return .found(.post, end: start &+ 5) }
        }
        return search(bytes, from: start, seen: max(start, seen))
    }

    /// The slow way, for the rarer methods and for the end of the bytes: compares with one after another.
    private static func search(_ bytes: RawSpan, from start: Int, seen: Int) -> Match {
        for method in allCases {
            var offset = start
            var name = method.rawValue.text.utf8.makeIterator()
            var expected = name.next()
            while offset < bytes.byteCount, bytes.byte(at: offset) == expected {
                offset &+= 1
                expected = name.next()
            }
            if offset < bytes.byteCount, expected == nil, bytes.byte(at: offset) == HTTPGrammar.space {
                return .found(method, end: offset &+ 1)
            }
        }
        let end = bytes.endOfToken(from: seen)
        guard end < bytes.byteCount else { return .incomplete }
        return end > start && bytes.byte(at: end) == HTTPGrammar.space ? .unknown(end: end &+ 1) : .none
    }
}
