import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Route groups, and routes for all that lies below a path")
struct RouteGroupTests {
    @LoopActor
    private static func step(_ name: String, _ log: Log) -> any Middleware {
        ClosureMiddleware { _, _, next in
            log(name)
            try next()
        }
    }

    /// The status and the body of the answers to `paths`.
    private func answers(
        to paths: [String], _ routes: @escaping @LoopActor (Router) -> Void
    ) async -> [String] {
        let log = Log()
        await withServer { server in
            let router = Router()
            routes(router)
            server.onRequest = router.handle
            for path in paths {
                let answer = await server.exchange("GET \(path) HTTP/1.0\r\n\r\n")
                let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
                log("\(answer.dropFirst(9).prefix(3)) \(parts.last ?? "")")
            }
        }
        return log.lines
    }

    @Test("A group's routes lie below its path and behind its middleware; a group in a group behind both")
    func groups() async {
        let log = Log()
        let answers = await answers(to: ["/tasks", "/tasks/7", "/tasks/7/notes/8", "/health", "/tasks/"]) { router in
            router.use(Self.step("all", log))
            router.group("/tasks", through: [Self.step("members", log)]) { tasks in
                tasks.get("") { _, response in response.end("tasks") }
                tasks.get("/:id") { request, response in response.end(request.parameters["id"] ?? "-") }
                tasks.group("/:id/notes", through: [Self.step("notes", log)]) { notes in
                    notes.get("/:note", through: [Self.step("note", log)]) { request, response in
                        response.end("\(request.parameters["id"] ?? "-") \(request.parameters["note"] ?? "-")")
                    }
                }
            }
            router.get("/health") { _, response in response.end("ok") }
        }
        #expect(answers == ["200 tasks", "200 7", "200 7 8", "200 ok", "404 Not Found\n"])
        #expect(
            log.lines == [
                "all", "members", "all", "members", "all", "members", "notes", "note", "all", "all",
            ])
    }

    @Test("A last * is all that follows, as it was sent; literals and names come first")
    func rest() async {
        let paths = [
            "/files/", "/files/a", "/files/a/b%2Fc//%2E%2E", "/files/list", "/files/list/x", "/files/7/size",
            "/files/7/other", "/files", "/filesx", "/other", "/",
        ]
        let answers = await answers(to: paths) { router in
            router.get("/files/*") { request, response in
                response.end("\(request.parameters["*"] ?? "-") \(request.parameters.rest)")
            }
            router.get("/files/list") { _, response in response.end("list") }
            router.get("/files/:id/size") { request, response in
                response.end("size \(request.parameters["id"] ?? "-") \(request.parameters["*"] ?? "-")")
            }
        }
        #expect(
            answers == [
                #"200  [""]"#, #"200 a ["a"]"#, #"200 a/b%2Fc//%2E%2E ["a", "b/c", "", ".."]"#, "200 list",
                #"200 list/x ["list", "x"]"#, "200 size 7 -", #"200 7/other ["7", "other"]"#, "404 Not Found\n",
                "404 Not Found\n", "404 Not Found\n", "404 Not Found\n",
            ])
    }

    @Test("A * at the root is for every path that has no route of its own")
    func everything() async {
        let answers = await answers(to: ["/", "/a/b", "/a"]) { router in
            router.get("/*") { request, response in response.end("rest \(request.parameters["*"] ?? "-")") }
            router.get("/a") { _, response in response.end("a") }
        }
        #expect(answers == ["200 rest ", "200 rest a/b", "200 a"])
    }

    @Test("A parameter's bytes are decoded where they have to be, and the name of none is nil")
    func bytes() async {
        let answers = await answers(to: ["/a/plain", "/a/p%6Cain", "/a/%FF%zz"]) { router in
            router.get("/a/:id") { request, response in
                let bytes = request.parameters.withBytes(of: "id") { $0.withUnsafeBytes { Array($0) } }
                let none = request.parameters.withBytes(of: "name") { $0.byteCount }
                response.end("\(bytes ?? []) \(none ?? -1)")
            }
        }
        let plain = "200 \(Array("plain".utf8)) -1"
        #expect(answers == [plain, plain, "200 \([0xFF] + Array("%zz".utf8)) -1"])
    }
}
