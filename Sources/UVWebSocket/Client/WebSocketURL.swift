import UVCore
import UVHTTP

/// Where a WebSocket is: `ws://host:port/path?query`, or `wss://` by TLS. RFC 6455 section 3.
public struct WebSocketURL: Hashable, Sendable {
    /// Whether it is `wss`: by TLS.
    public let isSecure: Bool
    /// The host without brackets.
    public let host: String
    /// The port: 80, or 443 with TLS, where the URL has none.
    public let port: Int
    /// Path and query, as the request's target.
    public internal(set) var target: String
    /// Host and port as the `Host` field names them.
    let authority: String

    /// Reads a URL. Nil for another scheme than `ws` and `wss`, a user, a fragment, or anything that is no URL of which the
    /// handshake can be asked by HTTP, such as an address with a zone.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !bytes.contains(UInt8(ascii: "#")),
            let mark = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[mark...].starts(with: "://".utf8)
        else { return nil }
        let scheme = String(decoding: bytes[..<mark], as: UTF8.self)
        isSecure = scheme.hasSame(asciiLowercase: "wss")
        guard isSecure || scheme.hasSame(asciiLowercase: "ws") else { return nil }
        let rest = bytes[(mark + 3)...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        guard let (host, port) = Self.split(rest[..<end], isSecure ? 443 : 80) else { return nil }
        authority = String(decoding: rest[..<end], as: UTF8.self)
        let path = String(decoding: rest[end...], as: UTF8.self)
        target = rest[end...].first == UInt8(ascii: "/") ? path : "/\(path)"
        self.host = host
        self.port = port
        guard HTTPURL(overHTTP) != nil else { return nil }
    }

    /// The URL of the request that opens it.
    var overHTTP: String { "\(isSecure ? "https" : "http")://\(authority)\(target)" }

    private static func split(_ authority: ArraySlice<UInt8>, _ standardPort: Int) -> (host: String, port: Int)? {
        let isBracketed = authority.first == UInt8(ascii: "[")
        let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        guard let end = isBracketed ? authority.firstIndex(of: UInt8(ascii: "]")) : colon else { return nil }
        let host = String(decoding: authority[..<end].dropFirst(isBracketed ? 1 : 0), as: UTF8.self)
        let rest = authority[end...].dropFirst(isBracketed ? 1 : 0)
        guard isBracketed ? isIPv6(host) : isName(host), let port = port(in: rest, standardPort)
        else { return nil }
        return (host, port)
    }

    /// `:8080`, or nothing or a colon alone for the scheme's own.
    private static func port(in text: ArraySlice<UInt8>, _ standardPort: Int) -> Int? {
        if text.isEmpty { return standardPort }
        let digits = text.dropFirst()
        guard text.first == UInt8(ascii: ":"), digits.allSatisfy(HTTPGrammar.isDigit) else { return nil }
        if digits.isEmpty { return standardPort }
        return UInt16(String(decoding: digits, as: UTF8.self)).flatMap { $0 > 0 ? Int($0) : nil }
    }

    private static func isIPv6(_ host: String) -> Bool { SocketAddress(host: host, port: 0)?.isIPv6 == true }

    private static func isName(_ host: String) -> Bool {
        !host.isEmpty
            && host.utf8.allSatisfy { byte in
                HTTPGrammar.isLetter(byte) || HTTPGrammar.isDigit(byte) || "-._".utf8.contains(byte)
            }
    }
}

extension WebSocketURL {
    /// Whether both are the same bytes.
    public static func == (one: WebSocketURL, other: WebSocketURL) -> Bool {
        one.isSecure == other.isSecure && one.authority.isSame(as: other.authority)
            && one.target.isSame(as: other.target)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteText(authority))
        hasher.combine(ByteText(target))
    }
}

extension WebSocketURL: CustomStringConvertible {
    public var description: String { "\(isSecure ? "wss" : "ws")://\(authority)\(target)" }
}
