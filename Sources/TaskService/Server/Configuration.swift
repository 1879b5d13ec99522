import Logging

/// What a ``TaskServer`` is told when it is made.
public struct Configuration: Sendable {
    /// The address or name to listen on.
    public var host = "127.0.0.1"

    /// The port to listen on; 0 lets the system choose.
    public var port = 3_000

    /// How long open answers have when the server is stopped.
    public var grace: Duration = .seconds(3)

    public init() {}

    /// Whether only this machine can reach the server.
    var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }
}
