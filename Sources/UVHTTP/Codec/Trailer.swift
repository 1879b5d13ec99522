import UVCore

/// A field that comes behind a chunked body, RFC 9110 section 6.5.
///
/// It cannot be made of a name or value that would end the field and begin something else.
package struct Trailer: Sendable {
    package let name: String

    /// The bytes of the value, which need not be UTF-8.
    package let value: [UInt8]

    /// A trailer to send, or nil if it may not be one: the name is not a token or ``isForbidden(_:)``, the value holds
    /// a control character.
    package init?(name: String, value: String) {
        guard HTTPGrammar.isFieldName(name), !Self.isForbidden(name), HTTPGrammar.isFieldValue(value) else {
            return nil
        }
        self.name = name
        self.value = Array(value.utf8)
    }

    /// A trailer that was received and parsed.
    init(name: String, parsedValue: [UInt8]) {
        self.name = name
        value = parsedValue
    }

    /// Whether a field of this name may not be a trailer: by the time it comes, the message was already framed, routed,
    /// authorised and read, and a reader that looked only at the head has decided without it. A message that has one is
    /// refused: dropped here, it may count for another reader, RFC 9112 section 11.2.
    ///
    /// RFC 9110 section 6.5.1 names the kinds, this the fields. `Authentication-Info` is none of them, section 11.6.3.
    package static func isForbidden(_ name: String) -> Bool {
        let name = name.asciiLowercased
        return forbidden.contains(ByteText(name)) || name.begins(with: "proxy-") || name.begins(with: "if-")
            || name.begins(with: "sec-")
    }

    private static let forbidden: Set<ByteText> = [
        // Framing and the connection.
        "connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade",
        // Routing, and how a request is to be handled.
        "cache-control", "expect", "host", "max-forwards", "origin", "pragma", "range", "referer", "via",
        // The identity of the client.
        "authorization", "cookie", "set-cookie", "www-authenticate", "forwarded",
        "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip",
        // How a response is to be handled.
        "age", "date", "expires", "location", "retry-after", "vary", "warning",
        // What the content is.
        "content-encoding", "content-range", "content-type",
    ]
}

extension Trailer: Equatable {
    package static func == (one: Trailer, other: Trailer) -> Bool {
        one.name.isSame(as: other.name) && one.value == other.value
    }
}
