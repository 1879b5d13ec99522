import UVCore

/// Two sockets joined over the loopback, as most socket tests need them.
@LoopActor
struct Connection {
    let client: Socket
    let accepted: Socket

    /// Makes a connection and calls `body` when both ends are open. The server has stopped listening by then, so the
    /// loop ends when both sockets are closed.
    static func open(allowsHalfOpen: Bool = false, _ body: @escaping (Connection) throws -> Void) {
        var (client, accepted): (Socket?, Socket?)
        var closeServer = {}
        @LoopActor func callBackIfComplete() throws {
            guard let open = client, let accepted, !open.isConnecting else { return }
            closeServer()
            // The closures here hold each other, until this lets go of them.
            (client, closeServer) = (nil, {})
            try body(Connection(client: open, accepted: accepted))
        }
        let server = Server { socket in
            accepted = socket
            try callBackIfComplete()
        }
        server.allowsHalfOpen = allowsHalfOpen
        closeServer = { server.close() }
        server.listen(port: 0) {
            guard let port = server.address?.port else { return }
            client = Socket.connect(port: port, host: "127.0.0.1") {
                try callBackIfComplete()
            }
            client?.allowsHalfOpen = allowsHalfOpen
        }
    }

    /// Lets both ends drop what arrives, so that they notice each other's end.
    func drain() {
        client.resume()
        accepted.resume()
    }

    func destroy() {
        client.destroy()
        accepted.destroy()
    }
}

/// Calls `body` after `count` turns of the loop: what is under way inside the process has arrived then.
@LoopActor
func turns(_ count: Int, _ body: @escaping () throws -> Void) {
    EventLoop.current.setImmediate { if count == 0 { try body() } else { turns(count - 1, body) } }
}
