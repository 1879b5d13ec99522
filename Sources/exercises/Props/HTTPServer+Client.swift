import UVHTTP

extension HTTPServer {
    /// Where it listens, for a client of this process.
    var url: String { "http://127.0.0.1:\(address?.port ?? 0)" }

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
