import HTTPTypes
import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

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
