import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Async handlers that leave their request unanswered")
struct ForgottenAnswerTests {
    /// What comes back for `requests` on one connection until `suffix` has come, and what was reported.
    private func answers(
        to requests: String, until suffix: String = "", by routes: @escaping @LoopActor (Router, EventLoop) -> Void
    ) async -> (text: String, reports: [String]) {
        let log = Log()
        let answers = Answers()
        await withServer { server in
            let router = Router()
            routes(router, server.loop)
            server.onRequest = { try router.handle($0, $1) }
            server.http.onHandlerError = { error, request, response in
                log("\(request.path): \(type(of: error))")
                response.refuse(HTTPError(.internalServerError, "oh"))
            }
            let client = server.connect()
            client.send(requests)
            await suffix.isEmpty ? client.untilEnd() : client.until(suffix)
            answers.text = client.text
        }
        return (answers.text, log.lines)
    }

    private final class Answers: @unchecked Sendable {
        var text = ""
    }

    private static let get = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    private static let post = "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n"

    @Test(
        "It is answered 500 and reported, and its connection goes on", arguments: [get, get + get, post + "abc", post])
    func forgotten(requests: String) async {
        let isWhole = !requests.hasSuffix("\r\n\r\n") || requests.hasPrefix("GET")
        let (text, reports) = await answers(to: requests + (isWhole ? Self.get : ""), until: "oh\n") { router, _ in
            router.on(.get, "/a") { _, _ async in }
            router.on(.post, "/a") { _, _ async in }
        }
        #expect(text.hasPrefix("HTTP/1.1 500 Internal Server Error\r\n"))
        #expect(reports.first == "/a: ForgottenAnswer")
    }

    @Test("One that has waited meanwhile, or has set a callback that cannot answer, is found out, too")
    func waited() async {
        let (text, reports) = await answers(to: Self.get, until: "oh\n") { router, loop in
            router.get("/a") { request, response async throws in
                response.onClose = {}
                request.onEnd = {}
                try await loop.sleep(.milliseconds(1))
            }
        }
        #expect(text.hasPrefix("HTTP/1.1 500 ") && reports == ["/a: ForgottenAnswer"])
    }

    @Test("An answer that has begun ends with its connection")
    func begun() async {
        let (text, reports) = await answers(to: Self.get) { router, _ in
            router.get("/a") { _, response async in response.write("begun") }
        }
        #expect(text.hasSuffix("\r\n5\r\nbegun\r\n") && reports == ["/a: ForgottenAnswer"])
    }

    @Test("What a timer, a task, a callback of the body or another owner will answer is left to it", arguments: 0..<5)
    func kept(way: Int) async {
        let request = way == 2 ? Self.post + "abc" : Self.get
        let (text, reports) = await answers(to: request, until: way == 3 ? "0\r\n\r\n" : "later") { router, loop in
            var kept: [ServerResponse] = []
            let handler: HTTPServer.AsyncHandler = { request, response in
                switch way {
                case 0: loop.setTimeout(.milliseconds(1)) { response.end("later") }
                case 1:
                    loop.spawn {
                        try await loop.sleep(.milliseconds(1))
                        response.end("later")
                    }
                case 2: request.collect { _ in loop.setTimeout(.milliseconds(1)) { response.end("later") } }
                case 3:
                    response.write("first")
                    loop.setTimeout(.milliseconds(1)) { response.end("later") }
                default:
                    kept.append(response)
                    loop.setTimeout(.milliseconds(5)) { kept.removeLast().end("later") }
                }
            }
            router.on(.get, "/a", handler)
            router.on(.post, "/a", handler)
        }
        #expect(text.contains("later") && reports.isEmpty)
    }

    @Test("Behind an answer that is still owed, it waits for its turn")
    func pipelined() async {
        let requests = Self.get + "GET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /c HTTP/1.1\r\nHost: x\r\n\r\n"
        let (text, reports) = await answers(to: requests, until: "last") { router, loop in
            router.get("/a") { _, response in loop.setTimeout(.milliseconds(5)) { response.end("first") } }
            router.get("/b") { _, _ async in }
            router.get("/c") { _, response in response.end("last") }
        }
        let places = ["first", "oh\n", "last"].map { text.range(of: $0) }
        #expect(places.allSatisfy { $0 != nil } && places == places.sorted { ($0 ?? 0) < ($1 ?? 0) })
        #expect(reports == ["/b: ForgottenAnswer"])
    }

    @Test("A middleware that passes the request on leaves it to what comes behind, and one that does not has failed")
    func middleware() async {
        let requests = Self.get + "GET /b HTTP/1.1\r\nHost: x\r\n\r\n"
        let (text, reports) = await answers(to: requests, until: "oh\n") { router, loop in
            router.use { request, response, next async throws in if request.path == "/a" { try next() } }
            router.get("/a") { request, response async throws in
                try await loop.sleep(.milliseconds(1))
                response.end("passed")
            }
            router.get("/b") { _, response in response.end("never") }
        }
        #expect(text.contains("passed") && !text.contains("never") && reports == ["/b: ForgottenAnswer"])
    }
}

extension String {
    /// Where `other` begins, in bytes.
    fileprivate func range(of other: String) -> Int? {
        let (bytes, wanted) = (Array(utf8), Array(other.utf8))
        return bytes.indices.first { bytes[$0...].starts(with: wanted) }
    }
}
