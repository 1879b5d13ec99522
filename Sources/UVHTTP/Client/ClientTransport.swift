import UVCore

/// How a connection to an origin is opened: the one place that knows what lies below HTTP.
@LoopActor
enum ClientTransport {
    /// Begins to open a connection, as `Socket.connect(port:host:family:tls:_:)` does.
    ///
    /// - Parameters:
    ///   - path: The socket that all connections lead to; nil for the origin's host and port.
    ///   - tls: What secures it, if the origin's scheme asks for that.
    ///   - onConnect: Called when it is established and what was written leaves.
    static func open(
        _ origin: HTTPOrigin, at path: String?, tls: (any SocketSecurity)?, _ onConnect: @escaping () -> Void
    ) -> Socket {
        let tls = origin.scheme == .https ? tls : nil
        if let path { return Socket.connect(path: path, host: origin.host.text, tls: tls, onConnect) }
        return Socket.connect(port: origin.port, host: origin.host.text, tls: tls, onConnect)
    }
}
