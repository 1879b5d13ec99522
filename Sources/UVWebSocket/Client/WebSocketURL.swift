import UVCore
import UVHTTP

/// Where a WebSocket is: `ws://host:port/path?query`. RFC 6455 section 3.
public struct WebSocketURL: Hashable, Sendable {
    /// The host without brackets.
    public let host: String
    public let port: Int
    /// Path and query, as the request's target.
    public internal(set) var target: String
    /// Host and port as the `Host` field names them.
    let authority: String

    /// Reads a URL. Nil for another scheme than `ws` (TLS is not spoken here), a user, a fragment, or anything that is no
    /// URL.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !bytes.contains(UInt8(ascii: "#")),
            String(decoding: bytes.prefix(5), as: UTF8.self).hasSame(asciiLowercase: "ws://")
        else { return nil }
        let rest = bytes.dropFirst(5)
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        guard let (host, port) = Self.split(rest[..<end]) else { return nil }
        authority = String(decoding: rest[..<end], as: UTF8.self)
        let path = String(decoding: rest[end...], as: UTF8.self)
        target = rest[end...].first == UInt8(ascii: "/") ? path : "/\(path)"
        self.host = host
        self.port = port
    }

    private static func split(_ authority: ArraySlice<UInt8>) -> (host: String, port: Int)? {
        let isBracketed = authority.first == UInt8(ascii: "[")
        let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
        guard let end = isBracketed ? authority.firstIndex(of: UInt8(ascii: "]")) : colon else { return nil }
        let host = String(decoding: authority[..<end].dropFirst(isBracketed ? 1 : 0), as: UTF8.self)
        let rest = authority[end...].dropFirst(isBracketed ? 1 : 0)
        guard isBracketed ? isIPv6(host) : isName(host), let port = port(in: rest) else { return nil }
        return (host, port)
    }

    /// `:80`, or nothing or a colon alone for 80.
    private static func port(in text: ArraySlice<UInt8>) -> Int? {
        if text.isEmpty { return 80 }
        let digits = text.dropFirst()
        guard text.first == UInt8(ascii: ":"), digits.allSatisfy(HTTPGrammar.isDigit) else { return nil }
        if digits.isEmpty { return 80 }
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
        one.authority.isSame(as: other.authority) && one.target.isSame(as: other.target)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteText(authority))
        hasher.combine(ByteText(target))
    }
}

extension WebSocketURL: CustomStringConvertible {
    public var description: String { "ws://\(authority)\(target)" }
}
