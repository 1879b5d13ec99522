import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

/// A head that is the one before it once more is not looked up again: on one connection all requests have one exchange,
/// which knows where the last one led to.
@Suite("Routes of requests that are repeated")
struct RepeatedRouteTests {
    /// What the handlers of a router log of requests for `paths`, one after the other on one connection.
    ///
    /// - Parameter prepare: Called before each request with its number.
    private func led(
        _ paths: [String], by add: @escaping @LoopActor (Router, Log) -> Void,
        before prepare: @escaping @LoopActor (Int, Router, Log) -> Void = { _, _, _ in }
    ) async -> [String] {
        let log = Log()
        await withServer { server in
            let router = Router()
            add(router, log)
            server.onRequest = router.handle
            let client = server.connect()
            for (number, path) in paths.enumerated() {
                prepare(number, router, log)
                client.send("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until(count: client.count + 1)
                await server.turns()
            }
        }
        return log.lines
    }

    @LoopActor
    private static func name(_ name: String, _ log: Log) -> HTTPServer.Handler {
        { request, response in
            log("\(name) \(request.parameters["id"] ?? "-")")
            response.end()
        }
    }

    @Test("A path leads to its route, whatever was asked for before it")
    func mixed() async {
        let led = await led(["/a", "/a", "/b/1", "/b/1", "/a", "/none", "/none", "/b/2", "/b/2", "/a"]) { router, log in
            router.get("/a", Self.name("a", log))
            router.get("/b/:id", Self.name("b", log))
            router.onNotFound = Self.name("none", log)
        }
        #expect(led == ["a -", "a -", "b 1", "b 1", "a -", "none -", "none -", "b 2", "b 2", "a -"])
    }

    @Test("A route that was added meanwhile is found")
    func added() async {
        let led = await led(["/1", "/1", "/1", "/1"]) { router, log in
            router.get("/:id", Self.name("any", log))
        } before: { number, router, log in
            if number == 2 { router.get("/1", Self.name("one", log)) }
        }
        #expect(led == ["any 1", "any 1", "one -", "one -"])
    }

    @Test("A middleware in front of the routes sees no parameters yet")
    func unseen() async {
        let led = await led(["/1", "/1", "/1"]) { router, log in
            var seen: [String] = []
            router.use { request, _, next in
                seen.append(request.parameters["id"] ?? "-")
                try next()
            }
            router.get("/:id") { request, response in
                log("\(seen.removeFirst()) \(request.parameters["id"] ?? "-")")
                response.end()
            }
        }
        #expect(led == ["- 1", "- 1", "- 1"])
    }

    @Test("A request that was answered before its route was looked for has none from the one before it")
    func answeredBefore() async {
        let led = await led(["/1", "/a", "/a", "/a"]) { router, log in
            var count = 0
            router.use { request, response, next in
                count += 1
                if count == 2 {
                    log("refused")
                    return response.end()
                }
                try next()
            }
            router.get("/:id", Self.name("any", log))
            router.get("/a", Self.name("a", log))
        }
        #expect(led == ["any 1", "refused", "a -", "a -"])
    }

    @Test("Two routers have each their own routes")
    func twoRouters() async {
        let log = Log()
        await withServer { server in
            let (one, other) = (Router(), Router())
            one.get("/:id", Self.name("one", log))
            other.get("/1", Self.name("other", log))
            var count = 0
            server.onRequest = { request, response in
                count += 1
                try (count % 2 == 1 ? one : other).handle(request, response)
            }
            let client = server.connect()
            for _ in 0..<4 {
                client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until(count: client.count + 1)
                await server.turns()
            }
        }
        #expect(log.lines == ["one 1", "other -", "one 1", "other -"])
    }
}
