import UVCore

/// How a connection to an origin is opened: the one place that knows what lies below HTTP.
@LoopActor
enum ClientTransport {
    /// Begins to open a connection. Nothing has happened when it returns, as ``Socket/connect(port:host:_:)`` says.
    ///
    /// - Parameters:
    ///   - tls: What secures it, if the origin's scheme asks for that.
    ///   - onConnect: Called when it is established and what was written leaves.
    static func open(
        _ origin: HTTPOrigin, tls: (any SocketSecurity)?, _ onConnect: @escaping () -> Void
    ) -> Socket {
        let tls = origin.scheme == .https ? tls : nil
        return Socket.connect(port: origin.port, host: origin.host.text, tls: tls, onConnect)
    }
}
