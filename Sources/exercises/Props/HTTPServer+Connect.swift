import UVHTTP

extension HTTPServer {
    /// Opens a connection to this server, over which one speaks HTTP byte by byte.
    func connect(_ onConnect: @escaping () throws -> Void = {}) -> Socket {
        Socket.connect(port: address?.port ?? 0, host: "127.0.0.1", onConnect)
    }
}
