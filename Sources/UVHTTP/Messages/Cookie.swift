/// A cookie that a server has its client keep. RFC 6265 section 4.1.
///
/// ```swift
/// try response.setCookie(Cookie(name: "session", value: token, maxAge: .seconds(3_600), secure: true))
/// ```
///
/// Values are sent as they are: what is no `cookie-octet`, such as a space, a comma, a quotation mark or a letter beyond
/// ASCII, is for the program to encode, and for it to decode when ``IncomingMessage/cookies`` brings it back.
public struct Cookie: Sendable {
    /// Whether the client sends it with requests that other sites have caused. RFC 6265bis section 5.6.7.
    public enum SameSite: Hashable, Sendable {
        /// Never.
        case strict
        /// When the user goes to this site by a link.
        case lax
        /// Always; clients take that of a ``Cookie/secure`` cookie only.
        case none
        /// As the client thinks best, today mostly ``lax``: the attribute is left out.
        case unspecified
    }

    /// A token, RFC 9110 section 5.6.2.
    public var name: String

    /// Visible ASCII without quotation mark, comma, semicolon and backslash; it may be empty.
    public var value: String

    /// Sent back with requests below this path; nil for the directory of the request that is answered.
    public var path: String?

    /// Sent to this domain and those below it; nil for the host of the request alone.
    public var domain: String?

    /// How long it is kept, in seconds when it is sent, begun ones counting; zero or less deletes it. It goes before
    /// ``expires``; with neither it is kept until the browser ends.
    public var maxAge: Duration?

    /// Until when it is kept, from the beginning of 1970 in UTC on; sent to the second.
    public var expires: Duration?

    /// Whether it is sent by TLS only.
    public var secure: Bool

    /// Whether it is kept from the scripts of a page.
    public var httpOnly: Bool

    /// Whether requests that pages of other sites cause have it.
    public var sameSite: SameSite

    /// A cookie of the whole host for as long as the browser runs, kept from scripts and from the requests of other sites,
    /// where nothing else is said.
    public init(
        name: String, value: String, path: String? = "/", domain: String? = nil, maxAge: Duration? = nil,
        expires: Duration? = nil, secure: Bool = false, httpOnly: Bool = true, sameSite: SameSite = .lax
    ) {
        (self.name, self.value, self.path, self.domain) = (name, value, path, domain)
        (self.maxAge, self.expires) = (maxAge, expires)
        (self.secure, self.httpOnly, self.sameSite) = (secure, httpOnly, sameSite)
    }
}

/// Why a cookie is not sent: a client would cut it, read it as something else, or drop it without a word.
public enum CookieError: Error, Hashable, Sendable {
    /// The name is no token.
    case name
    /// The value has a character that is to be encoded.
    case value
    /// The path does not begin with a slash, or has a semicolon, a control character or a letter beyond ASCII.
    case path
    /// The domain is empty or has something else than letters and digits of ASCII, dots and hyphens.
    case domain
    /// Name and value have more than 4,096 bytes together, or path or domain more than 1,024. RFC 6265bis section 5.6.
    case tooLong
    /// A name that begins with `__Secure-` or `__Host-`, or `SameSite=None`, promises that the cookie is ``Cookie/secure``.
    case notSecure
    /// A name that begins with `__Host-` promises the path `/` and no domain. RFC 6265bis section 4.1.3.
    case notOfHost
}

extension CookieError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .name: "the name of a cookie is a token: letters, digits and !#$%&'*+-.^_`|~"
        case .value:
            "the value of a cookie is ASCII without controls, spaces, quotation marks, commas, semicolons, backslashes"
        case .path: "the path of a cookie begins with a slash, and is ASCII without controls and semicolons"
        case .domain: "the domain of a cookie is letters, digits, dots and hyphens"
        case .tooLong: "a cookie's name and value have 4,096 bytes at most, its path and its domain 1,024 each"
        case .notSecure: "a cookie named __Secure- or __Host-, or for all sites, has to be secure"
        case .notOfHost: "a cookie named __Host- has the path / and no domain"
        }
    }
}
