import UVCore

/// Where a WebSocket is: `ws://host:port/path?query`. RFC 6455 section 3.
public struct WebSocketURL: Hashable, Sendable {
    /// The host without brackets.
    public let host: String
    public let port: Int
    /// Path and query, as the request's target.
    public let target: String
    /// Host and port as the `Host` field names them.
    let authority: String

    /// Reads a URL. Nil for another scheme than `ws` (TLS is not spoken here), a user, a fragment, or anything that is no
    /// URL.
    public init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#"),
            text.prefix(5).lowercased() == "ws://"
        else { return nil }
        let rest = text.dropFirst(5)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        authority = String(rest[..<end])
        let path = rest[end...]
        target = path.hasPrefix("/") ? String(path) : "/\(path)"
        guard let (host, port) = Self.split(authority) else { return nil }
        self.host = host
        self.port = port
    }

    private static func split(_ authority: String) -> (host: String, port: Int)? {
        let isBracketed = authority.hasPrefix("[")
        guard
            let end = isBracketed ? authority.firstIndex(of: "]") : authority.firstIndex(of: ":") ?? authority.endIndex
        else { return nil }
        let host = String(authority[..<end].dropFirst(isBracketed ? 1 : 0))
        let rest = authority[end...].dropFirst(isBracketed ? 1 : 0)
        guard isBracketed ? isIPv6(host) : isName(host), let port = port(in: rest) else { return nil }
        return (host, port)
    }

    /// `:80`, or nothing or a colon alone for 80.
    private static func port(in text: Substring) -> Int? {
        if text.isEmpty || text == ":" { return 80 }
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt16(digits).flatMap { $0 > 0 ? Int($0) : nil }
    }

    private static func isIPv6(_ host: String) -> Bool { SocketAddress(host: host, port: 0)?.isIPv6 == true }

    private static func isName(_ host: String) -> Bool {
        !host.isEmpty && host.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0)) }
    }
}

extension WebSocketURL: CustomStringConvertible {
    public var description: String { "ws://\(authority)\(target)" }
}
