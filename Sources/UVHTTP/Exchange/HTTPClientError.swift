import UVCore

/// What a peer did that is no request to answer: bytes that cannot be parsed, a limit, a time-out, a connection too many.
public struct HTTPClientError: Error, Sendable {
    /// The status that answers it: 400, 408, 413, 431, 501, or 503 for a connection or a body too many.
    public let status: Int

    /// The code that Node shows for it, such as `HPE_INVALID_METHOD` or `ERR_HTTP_REQUEST_TIMEOUT`.
    public let code: String

    /// One sentence for people.
    public let message: String

    /// Nothing came in time.
    static let timeout = HTTPClientError(
        status: 408, code: "ERR_HTTP_REQUEST_TIMEOUT", message: "The request did not arrive in time.")

    /// The program opens no tunnels. RFC 9110 section 9.3.6.
    static let noTunnel = HTTPClientError(
        status: 400, code: "ERR_HTTP_NO_TUNNEL", message: "This server opens no tunnels.")

    /// One connection is more than the server serves.
    static let tooManyConnections = HTTPClientError(
        status: 503, code: "ERR_HTTP_TOO_MANY_CONNECTIONS", message: "There are too many connections; try again later.")

    /// Of the bodies of all connections this one had been under way longest.
    static let tooMuchUnderWay = HTTPClientError(
        status: 503, code: "ERR_HTTP_TOO_MUCH_UNDER_WAY", message: "Too much is under way; try again later.")

    /// RFC 9112 section 3.2.
    static let missingHost = HTTPClientError(
        status: 400, code: "ERR_HTTP_REQUIRE_HOST", message: "An HTTP/1.1 request has exactly one Host field.")
}

extension HTTPClientError: Hashable {
    public static func == (one: HTTPClientError, other: HTTPClientError) -> Bool {
        one.status == other.status && one.code.isSame(as: other.code) && one.message.isSame(as: other.message)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(status)
        hasher.combine(ByteText(code))
    }
}

extension HTTPClientError {
    init(_ error: HTTPParseError) {
        self.init(status: error.status, code: error.code, message: error.message)
    }
}
