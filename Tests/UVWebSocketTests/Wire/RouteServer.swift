import LoopTesting
import UVCore
import UVHTTP
import UVWebSocket

/// A server with routes, and the bare sockets that are its clients.
@LoopActor
final class RouteServer {
    let router = Router()
    let log = Log()
    private(set) lazy var http = HTTPServer(router)
    private var peers: [RawPeer] = []

    func connect() async throws -> RawPeer {
        let peer = RawPeer(Socket.connect(port: http.address?.port ?? 0, host: "127.0.0.1"))
        peers.append(peer)
        try await until("the connection") { !peer.socket.isConnecting }
        peer.socket.setNoDelay()
        return peer
    }

    /// The answer to `request`, and the connection that it came on.
    func ask(_ request: String) async throws -> RawPeer {
        let peer = try await connect()
        peer.send(request)
        try await until("the answer") { !peer.head.isEmpty }
        return peer
    }

    /// Passes the request on in a later turn.
    func passLater(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) {
        EventLoop.current.setImmediate { [log] in
            log("passed on")
            try next()
        }
    }

    /// Runs `body` with a server; what its WebSockets leave behind fails the test.
    nonisolated static func run(_ body: @escaping @LoopActor (RouteServer) async throws -> Void) async {
        await onLoop { _ in
            let server = RouteServer()
            server.http.listen(port: 0)
            try await until("the port") { server.http.address != nil }
            defer {
                server.http.close()
                for peer in server.peers { peer.socket.destroy() }
            }
            try await body(server)
        }
    }
}
