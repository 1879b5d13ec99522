import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

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
