import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Middleware")
struct MiddlewareTests {
    @LoopActor
    private static func logging(_ name: String, _ log: Log) -> any Middleware {
        ClosureMiddleware { _, _, next in
            log("\(name) in")
            try next()
            log("\(name) out")
        }
    }

    @Test("A router's middleware comes first, then the route's, then the handler, each in its order")
    func order() async {
        let log = Log()
        await withServer { server in
            let router = Router()
            router.use(Self.logging("first", log))
            router.get("/", through: [Self.logging("third", log), Self.logging("fourth", log)]) {
                _, response in
                log("handler")
                response.end("ok")
            }
            router.use(Self.logging("second", log))
            server.onRequest = router.handle
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").hasSuffix("ok"))
        }
        #expect(
            log.lines == [
                "first in", "second in", "third in", "fourth in", "handler", "fourth out", "third out", "second out",
                "first out",
            ])
    }

    @Test("A router's middleware sees requests that have no route, and those with another method")
    func withoutRoute() async {
        let log = Log()
        await withServer { server in
            let router = Router()
            router.use { request, response, next in
                response.setHeader(.server, "middleware")
                try next()
                log("\(request.path) \(response.status.code)")
            }
            router.get("/a", through: [Self.logging("route", log)]) { _, response in
                response.end()
            }
            server.onRequest = router.handle
            for line in ["GET /b", "POST /a"] {
                let answer = await server.exchange("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(answer.contains("\r\nServer: middleware\r\n"))
            }
        }
        #expect(log.lines == ["/b 404", "/a 405"])
    }

    @Test("One that answers instead of passing on is the last")
    func answering() async {
        let log = Log()
        await withServer { server in
            let router = Router()
            router.use { request, response, next in
                guard request.header(.authorization) != nil else {
                    response.status = .unauthorized
                    return response.end("who?")
                }
                try next()
            }
            router.use(Self.logging("second", log))
            router.get("/") { _, response in response.end("welcome") }
            server.onRequest = router.handle
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").hasSuffix("who?"))
            #expect(log.lines.isEmpty)
            #expect(await server.exchange("GET / HTTP/1.0\r\nAuthorization: me\r\n\r\n").hasSuffix("welcome"))
        }
    }

    @Test("One may pass on later")
    func later() async {
        await withServer { server in
            let router = Router()
            for _ in 1...3 {
                router.use { _, _, next in server.loop.setImmediate { try next() } }
            }
            router.post("/") { request, response in
                request.collect { body in response.end(try body.get()) }
            }
            server.onRequest = router.handle
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nhello"))
        }
    }

    @Test("One that is a type of its own keeps what it knows")
    func type() async {
        struct Signature: Middleware {
            let name: String

            func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
                response.setHeader(.server, name)
                try next()
            }
        }
        await withServer { server in
            let router = Router()
            router.use(Signature(name: "signed"))
            router.get("/", through: [Signature(name: "signed twice")]) { _, response in response.end() }
            server.onRequest = router.handle
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").contains("\r\nServer: signed twice\r\n"))
            #expect(await server.exchange("GET /x HTTP/1.0\r\n\r\n").contains("\r\nServer: signed\r\n"))
        }
    }

    @Test("One may await before it passes on; what it throws then is answered as a handler's error")
    func asynchronous() async {
        let log = Log()
        await withServer { server in
            let router = Router()
            router.use { request, _, next in
                log("1 \(request.path)")
                await server.loop.nextTurn()
                if request.path == "/fails" { throw HTTPError(.conflict, "not now") }
                try next()
            }
            let second = ClosureMiddleware { _, _, next in
                log("2")
                try await server.loop.sleep(.milliseconds(1))
                try next()
            }
            router.post("/", through: [second]) { request, response in
                request.collect { body in response.end(try body.get()) }
            }
            server.onRequest = router.handle
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello")
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nhello"))
            #expect(await server.exchange("GET /fails HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.1 409 Conflict\r\n"))
        }
        #expect(log.lines == ["1 /", "2", "1 /fails"])
    }

    @Test("What a later step throws passes through the earlier ones, which may handle it")
    func errors() async {
        await withServer { server in
            let router = Router()
            router.use { _, response, next in
                do {
                    try next()
                } catch {
                    response.status = .init(code: 418)
                    response.end("\(error)")
                }
            }
            router.use { request, _, next in
                if request.path == "/middleware" { throw Thrown("from a middleware") }
                try next()
            }
            router.get("/") { _, _ in throw Thrown("from a handler") }
            router.onNotFound = { _, _ in throw Thrown("not found") }
            server.onRequest = router.handle
            for (path, message) in [("/", "from a handler"), ("/middleware", "from a middleware"), ("/x", "not found")]
            {
                let answer = await server.exchange("GET \(path) HTTP/1.0\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 418 I'm a Teapot\r\n"))
                #expect(answer.hasSuffix("\r\n\r\n\(message)"))
            }
        }
    }

    @Test("A middleware can watch for the end of what it passes on, answered at once or later")
    func watching() async {
        let log = Log()
        await withServer { server in
            let router = Router()
            router.use { request, response, next in
                try next()
                response.onClose = { log("\(request.path) \(response.status.code) \(response.isFinished)") }
            }
            router.get("/now") { _, response in response.end() }
            router.get("/later") { _, response in
                server.loop.setImmediate { response.end() }
            }
            server.onRequest = router.handle
            for path in ["/now", "/later", "/none"] {
                _ = await server.exchange("GET \(path) HTTP/1.0\r\n\r\n")
            }
        }
        #expect(log.lines == ["/now 200 true", "/later 200 true", "/none 404 true"])
    }

    @Test("A server takes a router as its handler")
    func server() async {
        await withServer { server in
            let router = Router()
            router.get("/") { _, response in response.end("routed") }
            let http = HTTPServer(router)
            await withUnsafeContinuation { continuation in
                http.listen(port: 0) { continuation.resume() }
            }
            let client = TestClient(port: http.address?.port ?? 0, staysOpen: false)
            client.send("GET / HTTP/1.0\r\n\r\n")
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nrouted"))
            http.close()
        }
    }
}
