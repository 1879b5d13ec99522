import UVCore

/// How a connection to an origin is opened: the one place that knows what lies below HTTP.
@LoopActor
enum ClientTransport {
    /// Begins to open a connection. Nothing has happened when it returns, as ``Socket/connect(port:host:_:)`` says.
    ///
    /// - Parameter onConnect: Called when it is established and what was written leaves.
    static func open(_ origin: HTTPOrigin, _ onConnect: @escaping () -> Void) -> Socket {
        Socket.connect(port: origin.port, host: origin.host.text, onConnect)
    }

    /// Whether connections to such origins can be opened.
    static func speaks(_ scheme: HTTPURL.Scheme) -> Bool { scheme == .http }
}
