import HTTPTypes
import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Cross-origin resource sharing")
struct CORSTests {
    /// What the router answers to a request of these lines, with `http://page:81` as the one entry.
    private func answer(_ lines: String...) async -> String {
        let log = Log()
        await withServer { server in
            let cors = CORS(
                [try WebOrigin("http://page:81")], methods: [.get, .patch], accepts: [.authorization, .ifMatch],
                exposes: [.eTag, .location])
            let router = Router()
            router.use { request, response, next in try cors(request, response, next) }
            router.get("/") { _, response in response.end("body") }
            router.on(.options, "/") { _, response in response.end("options") }
            router.get("/stream") { _, response in
                response.write("a")
                response.end("b")
            }
            router.get("/broken") { (_: IncomingMessage, _: ServerResponse) throws -> Void in throw Thrown("broken") }
            server.http.onHandlerError = { _, _, response in
                response.status = .internalServerError
                response.end()
            }
            server.onRequest = router.handle
            let request = [lines[0], "Host: x", "Connection: close"] + lines.dropFirst() + ["", ""]
            log(await server.exchange(request.joined(separator: "\r\n")))
        }
        return log.lines.joined()
    }

    private static let preflight = "Access-Control-Request-Method: PATCH"
    private static let allowed = "\r\nAccess-Control-Allow-Origin: http://page:81\r\n"

    @Test(
        "A preflight of an entry is answered before a route is looked for",
        arguments: ["/", "/nowhere", "/stream", "*"])
    func preflight(path: String) async {
        let answer = await answer("OPTIONS \(path) HTTP/1.1", "Origin: http://page:81", Self.preflight)
        #expect(answer.hasPrefix("HTTP/1.1 204 "))
        for line in [
            "Vary: Origin", "Access-Control-Allow-Origin: http://page:81", "Access-Control-Allow-Methods: GET, PATCH",
            "Access-Control-Allow-Headers: Authorization, If-Match", "Access-Control-Max-Age: 600",
        ] { #expect(answer.contains("\r\n\(line)\r\n"), "\(line)") }
        #expect(!answer.contains("Credentials"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test(
        "Any other OPTIONS is a request like others",
        arguments: [
            ("Origin: http://page:81", false), ("X: y", true), ("Origin: http://page", true),
            ("Origin: HTTP://page:81", true), ("Origin: null", true),
        ])
    func otherOptions(field: String, asksForMethod: Bool) async {
        let answer = await answer("OPTIONS / HTTP/1.1", field, asksForMethod ? Self.preflight : "X: y")
        #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("options"))
        #expect(answer.contains("\r\nVary: Origin\r\n"))
        #expect(!answer.contains("Allow-Methods"))
    }

    @Test(
        "An entry may read every answer, whatever its status",
        arguments: [
            ("GET /", "200"), ("HEAD /", "200"), ("GET /stream", "200"), ("GET /nowhere", "404"), ("DELETE /", "405"),
            ("GET /broken", "500"),
        ])
    func answers(line: String, status: String) async {
        let answer = await answer("\(line) HTTP/1.1", "Origin: http://page:81")
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "))
        #expect(answer.contains(Self.allowed))
        #expect(answer.contains("\r\nAccess-Control-Expose-Headers: ETag, Location\r\n"))
        #expect(answer.contains("\r\nVary: Origin\r\n"))
    }

    @Test(
        "Another page may not, nor one that sends its origin twice",
        arguments: [
            "http://page", "http://page:81/", "https://page:81", "null", "",
            "http://page:81\r\nOrigin: http://page:81",
        ])
    func otherPages(origin: String) async {
        let answer = await answer("GET / HTTP/1.1", "Origin: \(origin)")
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(!answer.contains("Access-Control"))
        #expect(answer.contains("\r\nVary: Origin\r\n"))
    }

    @Test("A program sends no origin, and is told only that there are other answers")
    func programs() async {
        let answer = await answer("GET / HTTP/1.1")
        #expect(answer.contains("\r\nVary: Origin\r\n") && !answer.contains("Access-Control"))
    }

    @Test(
        "A path lies below segments as the router reads them",
        arguments: [
            ("/demo/x", true), ("/d%65mo/x", true), ("/%64%65%6D%6f/", true), ("/demo?/x", false), ("/demo", false),
            ("/demos/x", false), ("/dem/o", false), ("/demo%2Fx", false), ("/x/demo/y", false), ("/Demo/x", false),
            ("//demo/x", false), ("/", false),
        ])
    func below(path: String, isBelow: Bool) async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, response in
                log("\(request.isBelow("demo"))")
                response.end()
            }
            _ = await server.exchange("GET \(path) HTTP/1.0\r\n\r\n")
        }
        #expect(log.lines == ["\(isBelow)"])
    }
}
