import UVCore

/// What a ``TaskServer`` is told when it is made.
public struct Configuration: Sendable {
    /// The address or name to listen on.
    public var host = "127.0.0.1"

    /// The port to listen on; 0 lets the system choose.
    public var port = 3_000

    /// How long open answers have when the server is stopped.
    public var grace: Duration = .seconds(3)

    /// Who may do what.
    public var credentials = Credentials.development

    /// The web pages that may change tasks and hear events, as browsers name them in `Origin`. Empty for those that this
    /// server sends itself.
    public var origins: [String] = []

    /// Whether the demonstrations are there outside development mode, too.
    public var isDemoEnabled = false

    public init() {}

    /// Whether `text` is an origin as browsers send it: scheme, host, and the port if it is not the scheme's own.
    public static func isOrigin(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].isEmpty, parts[0].hasSuffix(":"), parts[0].count > 1, !parts[2].isEmpty else {
            return false
        }
        return text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && text == text.lowercased()
    }

    /// Whether only this machine can reach the server.
    var isLoopback: Bool {
        // A name such as 127.example.org is no address, and may lead anywhere.
        host == "localhost" || host == "::1" || host.hasPrefix("127.") && SocketAddress(host: host, port: 0) != nil
    }
}
