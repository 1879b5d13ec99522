import LoopTesting
import UVCore
import UVWebSocket

/// A server of one connection at a time as a bare socket: it sees what a client says and answers what it is told to.
@LoopActor
final class RawServer {
    private(set) var connections: [RawPeer] = []
    private lazy var listener = Server { [unowned self] socket in connections.append(RawPeer(socket)) }

    var url: WebSocketURL {
        get throws {
            guard let url = WebSocketURL("ws://127.0.0.1:\(listener.address?.port ?? 0)/path?query") else {
                throw Thrown("no URL")
            }
            return url
        }
    }

    func listen() async throws {
        listener.allowsHalfOpen = true
        listener.listen(port: 0)
        try await until("the port") { listener.address != nil }
    }

    /// The request's head, once a client has connected and sent it.
    func request() async throws -> RawPeer {
        try await until("a request") { connections.last?.head.isEmpty == false }
        guard let peer = connections.last else { throw Thrown("no connection") }
        return peer
    }

    func stop() {
        listener.close()
        for peer in connections { peer.socket.destroy() }
    }
}

extension RawPeer {
    /// A field of the head, by its name as it was sent.
    func field(_ name: String) -> String? {
        let line = head.split(separator: "\r\n").first { $0.hasPrefix("\(name): ") }
        return line.map { String($0.dropFirst(name.utf8.count + 2)) }
    }

    /// The answer that opens the WebSocket which this peer, a client, has asked for.
    func acceptance(_ fields: String...) throws -> String {
        guard let key = field("Sec-WebSocket-Key") else { throw Thrown("no key") }
        let lines = [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Accept: \(try Handshake.acceptKey(for: key))",
        ]
        return (lines + fields + ["", ""]).joined(separator: "\r\n")
    }
}

/// Runs `body` with a bare server. What a client leaves behind when it is gone fails the test.
func withRawServer(
    _ clock: ManualClock? = nil, _ body: @escaping @LoopActor (RawServer) async throws -> Void
) async {
    await onLoop(clock) { _ in
        let server = RawServer()
        try await server.listen()
        defer { server.stop() }
        try await body(server)
    }
}
