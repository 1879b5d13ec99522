import HTTPTypes
import UVCore

extension IncomingMessage {
    /// The cookies that were sent with the request. One that is not asked for them pays nothing.
    public var cookies: RequestCookies { RequestCookies(header(known: .cookie)) }
}

extension ServerResponse {
    /// Adds a `Set-Cookie` field: the client keeps the cookie, in place of one of the same name, domain and path.
    ///
    /// - Throws: ``CookieError`` if a client would not keep it as it is; then no field is added. RFC 6265 section 4.1.
    public func setCookie(_ cookie: Cookie) throws(CookieError) {
        let line = try cookie.line()
        guard !headersSent else { return misuse("setCookie") }
        exchange.responseHead.append(.setCookie, line)
    }

    /// Has the client forget a cookie: one that has lapsed takes its place. RFC 6265 section 3.1.
    ///
    /// - Parameters:
    ///   - name: That of the cookie.
    ///   - path: That of the cookie.
    ///   - domain: That of the cookie.
    ///   - secure: Whether the cookie is. What has its name from `__Secure-` or `__Host-` is.
    /// - Throws: As ``setCookie(_:)``.
    public func removeCookie(
        _ name: String, path: String? = "/", domain: String? = nil, secure: Bool = false
    ) throws(CookieError) {
        try setCookie(
            Cookie(name: name, value: "", path: path, domain: domain, maxAge: .zero, expires: .zero, secure: secure))
    }
}
