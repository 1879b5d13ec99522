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
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let isBracketed = authority.hasPrefix("[")
        let hostEnd =
            isBracketed
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) }
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let hostEnd else { return nil }
        let host = isBracketed ? authority[..<hostEnd].dropFirst().dropLast() : authority[..<hostEnd]
        let rest = authority[hostEnd...]
        guard !host.isEmpty else { return nil }
        if rest.isEmpty || rest == ":" { return (String(host), 80) }
        guard rest.hasPrefix(":"), let port = UInt16(rest.dropFirst()), port > 0 else { return nil }
        return (String(host), Int(port))
    }
}

extension WebSocketURL: CustomStringConvertible {
    public var description: String { "ws://\(authority)\(target)" }
}
