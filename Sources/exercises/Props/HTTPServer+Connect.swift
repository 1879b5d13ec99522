import UVHTTP

extension HTTPServer {
    /// Opens a connection to this server, to speak HTTP over it byte by byte.
    func connect(_ onConnect: @escaping (Socket) throws -> Void = { _ in }) -> Socket {
        var client: Socket?
        let socket = Socket.connect(port: address?.port ?? 0, host: "127.0.0.1") {
            if let client { try onConnect(client) }
        }
        client = socket
        return socket
    }
}
