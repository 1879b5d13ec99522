import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Routing")
struct RouterTests {
    /// The status and, behind a space, the body of the answers to `lines`, on one connection.
    private func answers(
        to lines: [String], _ routes: @escaping @LoopActor (Router) -> Void
    ) async -> [String] {
        let log = Log()
        await withServer { server in
            let router = Router()
            routes(router)
            server.onRequest = router.handle
            for line in lines {
                let answer = await server.exchange("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
                log("\(answer.dropFirst(9).prefix(3)) \(parts.last ?? "")")
            }
        }
        return log.lines
    }

    @LoopActor
    private static func name(_ name: String) -> HTTPServer.Handler {
        { request, response in
            let values = ["id", "name", "rest"].compactMap { request.parameters[$0] }
            response.end(([name] + values).joined(separator: " "))
        }
    }

    @Test("A path leads to its route, literal segments before :names, and :names where literals lead nowhere")
    func precedence() async {
        let answers = await answers(
            to: [
                "GET /", "GET /tasks", "GET /tasks/count", "GET /tasks/7", "GET /tasks/7/resolve",
                "GET /tasks/count/resolve", "GET /tasks/count/other", "GET /a/b/c", "GET /x/b/d", "GET /?x",
                "GET /tasks?a=/b",
            ]
        ) { router in
            router.get("/tasks/:id", Self.name("task"))
            router.get("/tasks/:id/resolve", Self.name("resolve"))
            router.get("/", Self.name("root"))
            router.get("/tasks", Self.name("tasks"))
            router.get("/tasks/count", Self.name("count"))
            router.get("/tasks/count/other", Self.name("other"))
            router.get("/:id/b/:name", Self.name("two"))
        }
        #expect(
            answers == [
                "200 root", "200 tasks", "200 count", "200 task 7", "200 resolve 7", "200 resolve count", "200 other",
                "200 two a c", "200 two x d", "200 root", "200 tasks",
            ])
    }

    @Test(
        "A path that no route has is not found",
        arguments: [
            "/tasks/", "//", "//tasks", "/task", "/taskss", "/tasks/7/", "/tasks//", "/tasks/7/resolve/x", "/TASKS",
            "/tasks/%",
            "/tasks%2F7", "/*",
        ])
    func notFound(path: String) async {
        let answers = await answers(to: ["GET \(path)"]) { router in
            router.get("/tasks", Self.name("tasks"))
            router.get("/tasks/:id/resolve", Self.name("resolve"))
            if path != "/tasks/%" { router.get("/tasks/:id", Self.name("task")) }
        }
        #expect(answers == ["404 Not Found\n"])
    }

    @Test("OPTIONS * is answered with the methods of all routes, through the router's middleware, and is not a path")
    func asterisk() async {
        let log = Log()
        await withServer { server in
            let router = Router()
            router.get("/*", Self.name("all"))
            router.on(.init("PURGE")!, "/a", Self.name("purge"))
            router.use { request, _, next in
                log("\(request.method) \(request.path)")
                try next()
            }
            server.onRequest = router.handle
            for line in ["OPTIONS *", "OPTIONS /*", "OPTIONS http://x/"] {
                let answer = await server.exchange("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                let allowed = answer.split(separator: "\r\n").first { $0.hasPrefix("Allow") } ?? ""
                log("\(answer.dropFirst(9).prefix(3)) \(allowed)")
            }
        }
        #expect(
            log.lines == [
                "OPTIONS *", "204 Allow: GET, HEAD, OPTIONS, PURGE", "OPTIONS /*", "405 Allow: GET, HEAD", "OPTIONS /",
                "405 Allow: GET, HEAD",
            ])
    }

    @Test("Percent-encoding is undone segment by segment, so that an encoded slash divides nothing")
    func percentEncoding() async {
        let answers = await answers(
            to: [
                "GET /t%61sks/a%2Fb", "GET /tasks/%C3%A9%20%25", "GET /tasks/100%", "GET /tasks/%zz", "GET /tasks/%4",
                "GET /tasks/%FF", "GET /tasks/a+b", "GET /tasks/c%6Funt", "GET /tasks/%2e%2E",
            ]
        ) { router in
            router.get("/tasks/:id", Self.name("task"))
            router.get("/tasks/count", Self.name("count"))
        }
        #expect(
            answers == [
                "200 task a/b", "200 task é %", "200 task 100%", "200 task %zz", "200 task %4", "200 task \u{FFFD}",
                "200 task a+b", "200 count", "200 task ..",
            ])
    }

    @Test("Each route has its own names for the same place")
    func names() async {
        let answers = await answers(to: ["GET /a/1", "PUT /a/2", "GET /a/3/x", "GET /b/1/2/3"]) { router in
            router.get("/a/:id", Self.name("get"))
            router.put("/a/:name", Self.name("put"))
            router.get("/a/:rest/x", Self.name("x"))
            router.get("/b/:id/:name/:rest", Self.name("b"))
        }
        #expect(answers == ["200 get 1", "200 put 2", "200 x 3", "200 b 1 2 3"])
    }

    @Test("A second route for a method and a path is a programming error, whatever its parameters are called")
    func duplicates() async {
        await #expect(processExitsWith: .failure) {
            EventLoop.main { _ in Self.add("/a", "/a") }
        }
        await #expect(processExitsWith: .failure) {
            EventLoop.main { _ in Self.add("/a/:id/b", "/a/:name/b") }
        }
        await #expect(processExitsWith: .failure) {
            EventLoop.main { _ in Self.add("/a/*", "/a/*") }
        }
        await #expect(processExitsWith: .success) {
            EventLoop.main { _ in Self.add("/a/:id", "/a/*", "/a/b", "/a", "/a/", "/", "/:id/b") }
        }
    }

    @Test("A path that does not begin with a slash, and a * that is not its end, are programming errors")
    func wrongPaths() async {
        await #expect(processExitsWith: .failure) { EventLoop.main { _ in Self.add("a") } }
        await #expect(processExitsWith: .failure) { EventLoop.main { _ in Self.add("") } }
        await #expect(processExitsWith: .failure) { EventLoop.main { _ in Self.add("/*/a") } }
        await #expect(processExitsWith: .success) { EventLoop.main { _ in Self.add("/*a/a*/:/*") } }
    }

    @Test("Two parameters of one name in a path are a programming error")
    func sameNames() async {
        await #expect(processExitsWith: .failure) { EventLoop.main { _ in Self.add("/a/:id/:id") } }
        await #expect(processExitsWith: .failure) { EventLoop.main { _ in Self.add("/:id/a/:name/:id") } }
        await #expect(processExitsWith: .success) { EventLoop.main { _ in Self.add("/:id/:ID/id/:id2") } }
    }

    @Test("What is wrong with a route is said, in release builds too")
    func message() async throws {
        let result = try #require(
            await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                EventLoop.main { _ in Self.add("/a/:id/b", "/a/:name/b") }
            })
        let text = String(decoding: result.standardErrorContent, as: UTF8.self)
        #expect(text.contains("GET /a/:name/b has a route already: /a/:id/b"))
    }

    @LoopActor
    private static func add(_ paths: String...) {
        let router = Router()
        for path in paths { router.get(path) { _, response in response.end() } }
    }

    @Test("A path without a route for the method is answered 405, with the methods it has")
    func otherMethods() async {
        await withServer { server in
            let router = Router()
            router.get("/a", Self.name("get"))
            router.delete("/a", Self.name("delete"))
            router.on(.head, "/head", Self.name("head"))
            router.get("/head", Self.name("get"))
            router.post("/post", Self.name("post"))
            router.get("/:id", Self.name("id"))
            server.onRequest = router.handle
            for (line, allow) in [
                ("POST /a", "DELETE, GET, HEAD"), ("PATCH /head", "GET, HEAD"), ("GET /post", "POST"),
                ("HEAD /post", "POST"),
                ("PUT /x", "GET, HEAD"),
            ] {
                let answer = await server.exchange("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\nAllow: \(allow)\r\n"), "\(line)")
            }
        }
    }

    @Test("HEAD goes where GET does, unless it has a route of its own")
    func head() async {
        let log = Log()
        let answers = await answers(to: ["HEAD /a", "HEAD /b"]) { router in
            router.get("/a") { _, response in
                log("GET's")
                response.end("body")
            }
            router.get("/b", Self.name("get"))
            router.on(.head, "/b") { _, response in
                log("its own")
                response.end()
            }
        }
        #expect(answers == ["200 ", "200 "])
        #expect(log.lines == ["GET's", "its own"])
    }

    @Test("The program answers what is not found, and methods that are not allowed, in its own way")
    func ownAnswers() async {
        let answers = await answers(to: ["GET /b", "PUT /a"]) { router in
            router.get("/a", Self.name("get"))
            router.onNotFound = { request, response in
                response.status = .notFound
                response.end("nothing at \(request.path)")
            }
            router.onMethodNotAllowed = { _, response in
                response.status = .methodNotAllowed
                response.end("only \(response.header(.allow) ?? "")")
            }
        }
        #expect(answers == ["404 nothing at /b", "405 only GET, HEAD"])
    }

    @Test("Every method has a route, plain or as a task; what they throw is answered 500")
    func methods() async {
        let log = Log()
        await withServer { server in
            let router = Router()
            let plain: HTTPServer.Handler = { request, response in response.end("plain \(request.method)") }
            let task: HTTPServer.AsyncHandler = { request, response in
                await server.loop.nextTurn()
                response.end("task \(request.method)")
            }
            router.get("/plain", plain)
            router.post("/plain", plain)
            router.put("/plain", plain)
            router.patch("/plain", plain)
            router.delete("/plain", plain)
            router.on(.options, "/plain", plain)
            router.get("/task", task)
            router.post("/task", task)
            router.put("/task", task)
            router.patch("/task", task)
            router.delete("/task", task)
            router.on(.options, "/task", task)
            router.get("/fails") { _, _ async throws in
                await server.loop.nextTurn()
                throw Thrown("from a task")
            }
            server.http.onHandlerError = { error, _, response in
                log("\(error)")
                response.fail()
            }
            server.onRequest = router.handle
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
                for kind in ["plain", "task"] {
                    let answer = await server.exchange(
                        "\(method) /\(kind) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    #expect(answer.hasSuffix("\r\n\r\n\(kind) \(method)"))
                }
            }
            #expect(await server.exchange("GET /fails HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.1 500 "))
        }
        #expect(log.lines == ["from a task"])
    }

    @Test("An absolute target is routed by its path")
    func absolute() async {
        let answers = await answers(to: ["GET http://x/a", "GET http://x", "GET http://x?q"]) { router in
            router.get("/", Self.name("root"))
            router.get("/a", Self.name("a"))
        }
        #expect(answers == ["200 a", "200 root", "200 root"])
    }

    @Test("A long path costs no more than its length")
    func longPath() async {
        let answers = await answers(to: [
            "GET " + String(repeating: "/a", count: 8_000), "GET /" + String(repeating: "%41", count: 5_000),
        ]) { router in
            for depth in 1...20 { router.get("/:id" + (1..<depth).map { "/:\($0)" }.joined(), Self.name("x")) }
            for depth in 1...20 { router.get(String(repeating: "/a", count: depth), Self.name("x")) }
        }
        #expect(answers == ["404 Not Found\n", "200 x " + String(repeating: "A", count: 5_000)])
    }
}
