import HTTPTypes
import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

/// A server with routes, and the bare sockets that are its clients.
@LoopActor
private final class RouteServer {
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

@Suite("A route for WebSockets")
struct RouteTests {
    @Test(
        "It is found as any route is, and the WebSocket's request has its parameters",
        arguments: [
            ("/ws/tasks", "tasks"), ("/ws/%74asks", "tasks"), ("/%77s/tasks?a=b", "tasks"), ("/ws/a%2Fb", "a/b"),
        ])
    func parameters(path: String, room: String) async {
        await RouteServer.run { server in
            server.router.webSocket("/ws/:room") { socket, request in
                socket.send("This is \(request.parameters["room"] ?? "nothing")")
            }
            let peer = try await server.ask(upgradeRequest(path: path))
            #expect(peer.head.hasPrefix("HTTP/1.1 101 Switching Protocols\r\n"))
            #expect(peer.head.contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
            #expect(try await peer.frame() == .text("This is \(room)"))
            #expect(server.http.connectionCount == 0)
        }
    }

    @Test("Another path is 404 to a WebSocket's client, too, and its connection goes on")
    func elsewhere() async {
        await RouteServer.run { server in
            server.router.webSocket("/ws/:room") { _, _ in server.log("opened") }
            let peer = try await server.ask(upgradeRequest(path: "/ws"))
            #expect(peer.head.hasPrefix("HTTP/1.1 404 "))
            #expect(server.http.connectionCount == 1 && server.log.lines == [])
        }
    }

    @Test("The middleware in front of it runs, its own behind the router's, and what they set is in the 101")
    func middleware() async {
        await RouteServer.run { server in
            server.router.use { request, response, next in
                response.setHeader(.cacheControl, "no-store")
                response.setHeader(.contentLength, "7")
                server.log("all")
                try next()
            }
            let own = ClosureMiddleware { request, response, next in
                server.log("own \(request.parameters["room"] ?? "")")
                request[Int.self] = 42
                response.onClose = { server.log("answered \(response.status.code)") }
                try next()
            }
            server.router.webSocket("/ws/:room", through: [own]) { _, request in
                server.log("open \(request[Int.self] ?? 0) \(request.isUpgrade)")
            }
            let peer = try await server.ask(upgradeRequest(path: "/ws/a"))
            #expect(peer.head.contains("\r\nCache-Control: no-store\r\n") && !peer.head.contains("Content-Length"))
            #expect(server.log.lines == ["all", "own a", "open 42 true", "answered 101"])
        }
    }

    @Test("A middleware refuses with a status, and the connection goes on as HTTP")
    func refused() async {
        await RouteServer.run { server in
            let closed = ClosureMiddleware { _, response, _ in
                response.status = .unauthorized
                response.end("no")
            }
            server.router.webSocket("/ws", through: [closed]) { _, _ in server.log("opened") }
            server.router.get("/health") { _, response in response.end("healthy") }
            let peer = try await server.ask(upgradeRequest(path: "/ws"))
            #expect(peer.head.hasPrefix("HTTP/1.1 401 "))
            peer.send("GET /health HTTP/1.1\r\nHost: localhost:3000\r\n\r\n")
            try await until("the next answer") { peer.rest.hasSuffix("healthy") }
            #expect(server.log.lines == [])
        }
    }

    @Test("What a middleware throws is answered 500, and what the opening throws closes with 1011")
    func errors() async {
        await RouteServer.run { server in
            server.http.onHandlerError = { error, _, response in
                server.log("\(error)")
                response.status = .badGateway
                response.end()
            }
            EventLoop.current.onUncaughtError = { server.log("uncaught \($0)") }
            server.router.webSocket("/in", through: [ClosureMiddleware { _, _, _ in throw Thrown("no way") }]) { _, _ in
            }
            server.router.webSocket("/open") { _, _ in throw Thrown("no room") }
            let refused = try await server.ask(upgradeRequest(path: "/in"))
            #expect(refused.head.hasPrefix("HTTP/1.1 502 "))
            let opened = try await server.ask(upgradeRequest(path: "/open"))
            #expect(try await opened.frame() == .close(1011))
            #expect(server.log.lines.count == 2)
        }
    }

    @Test(
        "What opens no WebSocket is told why, and stays HTTP",
        arguments: [
            ("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n", "426 Upgrade Required"),
            (upgradeRequest(path: "/ws", version: "8"), "426 Upgrade Required"),
            (upgradeRequest(path: "/ws", "Content-Length: 1") + "x", "426 Upgrade Required"),
            (upgradeRequest(path: "/ws", key: "short"), "400 Bad Request"),
            (upgradeRequest(path: "/ws", "Origin: http://example.org"), "403 Forbidden"),
            ("HEAD" + upgradeRequest(path: "/ws").dropFirst(3), "405 Method Not Allowed"),
        ])
    func noWebSocket(request: String, status: String) async {
        await RouteServer.run { server in
            server.router.webSocket("/ws") { _, _ in server.log("opened") }
            let peer = try await server.ask(request)
            #expect(peer.head.hasPrefix("HTTP/1.1 \(status)\r\n"))
            #expect(peer.head.contains("\r\nSec-WebSocket-Version: 13\r\n"))
            #expect(peer.head.contains("\r\nUpgrade: websocket\r\n") == status.hasPrefix("426"))
            await turns()
            #expect(server.http.connectionCount == 1 && server.log.lines == [])
        }
    }

    @Test("What opens no WebSocket is told why in the shape of the server's errors")
    func shape() async {
        await RouteServer.run { server in
            server.router.webSocket("/ws") { _, _ in server.log("opened") }
            server.http.onRefuse = { error, response in
                response.setHeader(.named("X-Status"), "\(error.status.code)")
                response.end("no: \(error.message)")
            }
            let peer = try await server.ask("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(peer.head.hasPrefix("HTTP/1.1 426 ") && peer.head.contains("\r\nX-Status: 426\r\n"))
            #expect(peer.head.contains("\r\nUpgrade: websocket\r\n"))
        }
    }

    @Test("A page of this host may, of another only if the route says so")
    func origins() async {
        await RouteServer.run { server in
            let page = try WebOrigin("https://example.org")
            server.router.webSocket("/own") { _, _ in }
            server.router.webSocket("/list", origins: .only([page])) { _, _ in }
            server.router.webSocket("/any", origins: .any) { _, _ in }
            let (own, foreign) = ("Origin: http://localhost:3000", "Origin: https://example.org")
            for (path, origin, isOpen) in [
                ("/own", own, true), ("/own", foreign, false), ("/list", own, false), ("/list", foreign, true),
                ("/any", own, true), ("/any", foreign, true),
            ] {
                let peer = try await server.ask(upgradeRequest(path: path, origin))
                #expect(peer.head.hasPrefix(isOpen ? "HTTP/1.1 101 " : "HTTP/1.1 403 "), "\(path) \(origin)")
            }
        }
    }
}

@Suite("The moment at which a route opens a WebSocket")
struct RouteOrderTests {
    @Test("What came with the request, in one piece or with its end behind, is the WebSocket's", arguments: [1, 2])
    func head(pieces: Int) async {
        await RouteServer.run { server in
            server.router.webSocket("/ws") { socket, _ in socket.onMessage = { server.log($0.text) } }
            let peer = try await server.connect()
            let request = Array(upgradeRequest(path: "/ws").utf8)
            let frames = WireFrame.text("one").masked().bytes + WireFrame.text("two").masked().bytes
            if pieces == 1 {
                peer.socket.write(request + frames)
            } else {
                peer.socket.write(request + frames.prefix(4))
                await turns(3)
                peer.socket.write(Array(frames.dropFirst(4)))
            }
            try await until("both messages") { server.log.lines == ["one", "two"] }
        }
    }

    @Test("A middleware may pass the request on later")
    func later() async {
        await RouteServer.run { server in
            server.router.webSocket("/ws", through: [ClosureMiddleware(server.passLater)]) { socket, _ in
                server.log("open")
                socket.onMessage = { server.log($0.text) }
            }
            let peer = try await server.ask(upgradeRequest(path: "/ws"))
            #expect(peer.head.hasPrefix("HTTP/1.1 101 "))
            peer.send(.text("hello").masked())
            try await until("the message") { server.log.lines == ["passed on", "open", "hello"] }
        }
    }

    @Test("A client that sends another request behind it, and does not wait, gets 400, and that one its answer")
    func notAlone() async {
        await RouteServer.run { server in
            server.router.webSocket("/ws", through: [ClosureMiddleware(server.passLater)]) { _, _ in server.log("open")
            }
            server.router.get("/health") { _, response in response.end("healthy") }
            let peer = try await server.ask(
                upgradeRequest(path: "/ws") + "GET /health HTTP/1.1\r\nHost: localhost:3000\r\n\r\n")
            #expect(peer.head.hasPrefix("HTTP/1.1 400 ") && !peer.head.contains("Sec-WebSocket-Accept"))
            try await until("the next answer") { peer.rest.hasSuffix("healthy") }
            #expect(server.log.lines == ["passed on"])
        }
    }

    @Test("The 101 comes behind the answers that are owed, and so does the opening")
    func behindAnswers() async {
        await RouteServer.run { server in
            var slow: ServerResponse?
            server.router.get("/slow") { _, response in slow = response }
            server.router.webSocket("/ws") { socket, _ in socket.onMessage = { server.log($0.text) } }
            let peer = try await server.connect()
            let requests = "GET /slow HTTP/1.1\r\nHost: localhost:3000\r\n\r\n" + upgradeRequest(path: "/ws")
            peer.socket.write(Array(requests.utf8) + WireFrame.text("hello").masked().bytes)
            try await until("the first request") { slow != nil }
            await turns()
            #expect(peer.head == "")
            slow?.end("slow")
            slow = nil
            try await until("the message") { server.log.lines == ["hello"] }
            #expect(peer.head.hasPrefix("HTTP/1.1 200 ") && peer.rest.hasPrefix("slowHTTP/1.1 101 "))
        }
    }

    @Test("A client that is gone before opens nothing, and its answer is closed", arguments: [false, true])
    func gone(isReset: Bool) async {
        await RouteServer.run { server in
            var pass: Next?
            let wait = ClosureMiddleware { _, response, next in
                pass = next
                response.onClose = { server.log("closed") }
            }
            server.router.webSocket("/ws", through: [wait]) { _, _ in server.log("open") }
            let peer = try await server.connect()
            peer.send(upgradeRequest(path: "/ws"))
            try await until("the request") { pass != nil }
            if isReset { peer.socket.resetAndDestroy() } else { peer.socket.destroy() }
            try await until("the end") { server.http.connectionCount == 0 }
            try pass?()
            pass = nil
            await turns()
            #expect(server.log.lines == ["closed"])
        }
    }

    @Test("A client that goes away behind an answer that it waits for opens nothing either")
    func goneBehindAnswers() async {
        await RouteServer.run { server in
            var slow: ServerResponse?
            server.router.get("/slow") { _, response in slow = response }
            server.router.webSocket("/ws") { _, _ in server.log("open") }
            server.router.use { _, response, next in
                response.onClose = { server.log("closed") }
                try next()
            }
            let peer = try await server.connect()
            peer.send("GET /slow HTTP/1.1\r\nHost: localhost:3000\r\n\r\n" + upgradeRequest(path: "/ws"))
            try await until("the first request") { slow != nil }
            peer.socket.resetAndDestroy()
            try await until("both ends") { server.log.lines == ["closed", "closed"] }
            slow?.end("too late")
            slow = nil
            await turns()
            #expect(server.log.lines == ["closed", "closed"])
        }
    }
}
