import Testing
import UVCore
import UVHTTP
import UVWebSocket

@Suite("A server that is closing opens no more WebSockets")
struct ClosingServerTests {
    @Test("A handshake whose end comes then is answered 503, by a route and by an upgrader", arguments: [true, false])
    func lateEnd(isRoute: Bool) async {
        await onLoop { _ in
            let router = Router()
            router.webSocket("/") { _, _ in Issue.record("opened") }
            let server = HTTPServer(router)
            if !isRoute { WebSocketUpgrader { _, _ in Issue.record("opened") }.attach(to: server) }
            server.listen(port: 0)
            try await until("the port") { server.address != nil }
            let (late, other) = (RawPeer(connect(to: server)), RawPeer(connect(to: server)))
            try await until("the connections") { server.connectionCount == 2 }
            let request = upgradeRequest(path: "/")
            late.send(String(request.prefix(40)))
            // Behind its answer the server has read what was sent before, too.
            other.send("GET /else HTTP/1.1\r\nHost: a\r\n\r\n")
            try await until("the other answer") { !other.head.isEmpty }
            server.close()
            late.send(String(request.dropFirst(40)))
            try await until("the answer") { !late.head.isEmpty }
            #expect(late.head.hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
            for peer in [late, other] { peer.socket.destroy() }
        }
    }

    @LoopActor
    private func connect(to server: HTTPServer) -> Socket {
        Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
    }
}
