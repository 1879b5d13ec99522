import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

/// A server of WebSockets and the bare sockets that are its clients, on one loop.
@LoopActor
final class TestServer {
    let http = HTTPServer { request, response in response.end("HTTP: \(request.path)") }
    let hub: WebSocketHub
    let loop = EventLoop.current
    private(set) var port = 0
    private(set) var peers: [RawPeer] = []

    /// The WebSocket that was opened last.
    private(set) weak var lastOpened: WebSocket?

    /// Called with each WebSocket while it is being opened.
    var onOpen: (WebSocket, IncomingMessage) throws -> Void = { _, _ in }

    private(set) lazy var upgrader = WebSocketUpgrader { [unowned self] socket, request in
        lastOpened = socket
        try onOpen(socket, request)
    }

    init(heartbeat: Duration) {
        hub = WebSocketHub(heartbeat: heartbeat)
        upgrader.attach(to: http)
    }

    func listen(host: String = "127.0.0.1") async throws {
        http.listen(port: 0, host: host)
        try await until("the port") { http.address != nil }
        port = http.address?.port ?? 0
    }

    /// A client that has connected and said nothing.
    func connect() async throws -> RawPeer {
        let peer = RawPeer(Socket.connect(port: port, host: "127.0.0.1"))
        peers.append(peer)
        try await until("the connection") { !peer.socket.isConnecting }
        // Else the system holds a second packet back until the first is acknowledged, which takes real time.
        peer.socket.setNoDelay()
        return peer
    }

    /// A client that has asked for a WebSocket, and what it got: the WebSocket's two ends.
    func open(_ request: String = upgradeRequest()) async throws -> (WebSocket, RawPeer) {
        let peer = try await connect()
        peer.send(request)
        try await until("the answer") { !peer.head.isEmpty }
        guard let socket = lastOpened else { throw Thrown("no WebSocket: \(peer.head)") }
        return (socket, peer)
    }

    /// Stops listening and takes the clients away. What then keeps the loop alive was left behind by the server.
    func stop() {
        http.close()
        for peer in peers { peer.socket.destroy() }
    }
}

/// Runs `body` with a server. Whatever its WebSockets leave behind when their clients are gone fails the test.
func withServer(
    _ clock: ManualClock? = nil, limits: WebSocketLimits = WebSocketLimits(), heartbeat: Duration = .zero,
    _ body: @escaping @LoopActor (TestServer) async throws -> Void
) async {
    await onLoop(clock) { _ in
        let server = TestServer(heartbeat: heartbeat)
        server.upgrader.limits = limits
        try await server.listen()
        defer { server.stop() }
        try await body(server)
    }
}

/// The request of the RFC's, and of the seed's, example.
func upgradeRequest(
    path: String = "/", key: String = "dGhlIHNhbXBsZSBub25jZQ==", version: String = "13", _ fields: String...
) -> String {
    let lines = [
        "GET \(path) HTTP/1.1", "Host: localhost:3000", "Upgrade: websocket", "Connection: Upgrade",
        "Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: \(version)",
    ]
    return (lines + fields + ["", ""]).joined(separator: "\r\n")
}
