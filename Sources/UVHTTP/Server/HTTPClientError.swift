/// What a peer did that is no request to answer: bytes that cannot be parsed, a limit, a time-out.
public struct HTTPClientError: Error, Hashable, Sendable {
    /// The status that answers it: 400, 408, 413 or 431.
    public let status: Int

    /// The code that Node shows for it, such as `HPE_INVALID_METHOD` or `ERR_HTTP_REQUEST_TIMEOUT`.
    public let code: String

    /// One sentence for people.
    public let message: String

    /// Nothing came in time.
    static let timeout = HTTPClientError(
        status: 408, code: "ERR_HTTP_REQUEST_TIMEOUT", message: "The request did not arrive in time.")

    /// Nobody opens tunnels here. RFC 9110 section 9.3.6.
    static let noTunnel = HTTPClientError(
        status: 400, code: "ERR_HTTP_NO_TUNNEL", message: "This server opens no tunnels.")

    /// RFC 9112 section 3.2.
    static let missingHost = HTTPClientError(
        status: 400, code: "ERR_HTTP_REQUIRE_HOST", message: "An HTTP/1.1 request has exactly one Host field.")
}

extension HTTPClientError {
    init(_ error: HTTPParseError) {
        self.init(status: error.status, code: error.code, message: error.message)
    }
}
