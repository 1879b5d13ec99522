import HTTPTypes
import UVCore

/// A field of requests that the library or a server looks at.
///
/// The parser finds out once, at the end of a field's line, which of these its name is. Then a look-up compares no text:
/// ``MessageHead/known`` tells whether the field is there, and ``MessageHead/first(_:)`` where.
package enum KnownField: UInt8, CaseIterable, Sendable {
    // What frames the message and belongs to the connection.
    case host, connection, contentLength, transferEncoding, expect, upgrade, proxyConnection

    // The client, and the page that it asks for.
    case authorization, cookie, origin, referer, userAgent, requestID, secFetchSite
    case accessControlRequestMethod, accessControlRequestHeaders, traceParent

    // What is sent, and what is wanted.
    case contentType, contentEncoding, accept, acceptEncoding, acceptLanguage, cacheControl, range
    case ifMatch, ifNoneMatch, ifModifiedSince, idempotencyKey, lastEventID

    // The handshake of a WebSocket.
    case secWebSocketKey, secWebSocketVersion, secWebSocketProtocol, secWebSocketExtensions

    /// The known field whose name, in any case, lies in `name`.
    ///
    /// Written out, so that the compiler makes numbers of the texts: most names differ from each in their first compare.
    @inline(__always)
    init?(_ bytes: RawSpan, _ name: Range<Int>) {
        switch name.upperBound &- name.lowerBound {
        case 4 where bytes.matches("host", at: name): self = .host
        case 5 where bytes.matches("range", at: name): self = .range
        case 6 where bytes.matches("accept", at: name): self = .accept
        case 6 where bytes.matches("cookie", at: name): self = .cookie
        case 6 where bytes.matches("origin", at: name): self = .origin
        case 6 where bytes.matches("expect", at: name): self = .expect
        case 7 where bytes.matches("referer", at: name): self = .referer
        case 7 where bytes.matches("upgrade", at: name): self = .upgrade
        case 8 where bytes.matches("if-match", at: name): self = .ifMatch
        case 10 where bytes.matches("connection", at: name): self = .connection
        case 10 where bytes.matches("user-agent", at: name): self = .userAgent
        case 11 where bytes.matches("traceparent", at: name): self = .traceParent
        case 12 where bytes.matches("content-type", at: name): self = .contentType
        case 12 where bytes.matches("x-request-id", at: name): self = .requestID
        case 13 where bytes.matches("authorization", at: name): self = .authorization
        case 13 where bytes.matches("cache-control", at: name): self = .cacheControl
        case 13 where bytes.matches("if-none-match", at: name): self = .ifNoneMatch
        case 13 where bytes.matches("last-event-id", at: name): self = .lastEventID
        case 14 where bytes.matches("content-length", at: name): self = .contentLength
        case 14 where bytes.matches("sec-fetch-site", at: name): self = .secFetchSite
        case 15 where bytes.matches("accept-encoding", at: name): self = .acceptEncoding
        case 15 where bytes.matches("accept-language", at: name): self = .acceptLanguage
        case 15 where bytes.matches("idempotency-key", at: name): self = .idempotencyKey
        case 16 where bytes.matches("content-encoding", at: name): self = .contentEncoding
        case 16 where bytes.matches("proxy-connection", at: name): self = .proxyConnection
        case 17 where bytes.matches("transfer-encoding", at: name): self = .transferEncoding
        case 17 where bytes.matches("if-modified-since", at: name): self = .ifModifiedSince
        case 17 where bytes.matches("sec-websocket-key", at: name): self = .secWebSocketKey
        case 21 where bytes.matches("sec-websocket-version", at: name): self = .secWebSocketVersion
        case 22 where bytes.matches("sec-websocket-protocol", at: name): self = .secWebSocketProtocol
        case 24 where bytes.matches("sec-websocket-extensions", at: name): self = .secWebSocketExtensions
        case 29 where bytes.matches("access-control-request-method", at: name): self = .accessControlRequestMethod
        case 30 where bytes.matches("access-control-request-headers", at: name): self = .accessControlRequestHeaders
        default: return nil
        }
    }
}

extension KnownField {
    /// The known field of that name.
    init?(_ name: HTTPField.Name) {
        let bytes = name.canonicalName.utf8.span.bytes
        self.init(bytes, 0..<bytes.byteCount)
    }

    /// Whether of several the first counts, as in Node. `Authorization` is not among these, though it is in Node's list: a
    /// proxy in front of this server may have looked at the other one.
    var countsOnce: Bool {
        switch self {
        case .host, .contentLength, .contentType, .ifModifiedSince, .referer, .userAgent: true
        default: false
        }
    }

    /// Whether of several fields of that name the first counts, known or not.
    static func countsOnce(_ name: HTTPField.Name) -> Bool {
        KnownField(name)?.countsOnce ?? others.contains(ByteText(name.canonicalName))
    }

    /// Those of them that are not known here.
    private static let others: Set<ByteText> = [
        "age", "etag", "expires", "from", "if-unmodified-since", "last-modified", "location", "max-forwards",
        "retry-after", "server",
    ]
}

/// A set of known fields, a bit for each.
package struct KnownFields: Equatable, Sendable {
    private var bits: UInt64 = 0

    package init() {}

    @inline(__always)
    package func contains(_ field: KnownField) -> Bool { bits & Self.bit(of: field) != 0 }

    @inline(__always)
    mutating func insert(_ field: KnownField) { bits |= Self.bit(of: field) }

    @inline(__always)
    private static func bit(of field: KnownField) -> UInt64 { 1 &<< UInt64(field.rawValue) }
}
