import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Errors that are answers")
struct HTTPErrorTests {
    @Test("A handler's HTTPError is its answer: the status, and a line; onHandlerError is not asked")
    func thrown() async {
        await withServer { server in
            let router = Router()
            router.get("/plain") { _, response in
                response.setHeader(.server, "kept")
                throw HTTPError(.notFound, "There is no such task.")
            }
            router.get("/task") { _, _ async throws in
                await server.loop.nextTurn()
                throw HTTPError(.conflict)
            }
            router.get("/given") { _, response in
                response.refuse(HTTPError(.gone, "It was here."))
                response.refuse(HTTPError(.notFound, "The second one is silent."))
            }
            server.http.onHandlerError = { error, _, _ in Issue.record("\(error)") }
            server.onRequest = router.handle
            let fields = "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
            for (path, head, body) in [
                ("/plain", "404 Not Found\r\nServer: kept", "There is no such task.\n"),
                ("/task", "409 Conflict", "Conflict\n"),
                ("/given", "410 Gone", "It was here.\n"),
                ("/none", "404 Not Found", "Not Found\n"),
            ] {
                let answer = await server.exchange("GET \(path) HTTP/1.0\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 \(head)\r\n\(fields)"), "\(answer)")
                #expect(answer.hasSuffix("\r\n\r\n\(body)"), "\(answer)")
            }
            let other = await server.exchange("PUT /plain HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
            #expect(other.hasPrefix("HTTP/1.1 405 Method Not Allowed\r\nAllow: GET, HEAD\r\n\(fields)"))
            #expect(other.hasSuffix("\r\n\r\nMethod Not Allowed\n"))
        }
    }

    @Test("A server gives all of them one shape; one that fails itself leaves the plain one, and the status")
    func shaped() async {
        await withServer { server in
            let log = Log()
            server.loop.onUncaughtError = { log("\($0)") }
            server.http.onRefuse = { error, response in
                if error.status == .gone {
                    response.status = .accepted
                    throw Thrown("no shape")
                }
                response.setHeader(.contentType, "application/json")
                response.end("[\(error.status.code)]")
            }
            let router = Router()
            router.get("/conflict") { _, _ in throw HTTPError(.conflict) }
            router.get("/gone") { _, _ in throw HTTPError(.gone) }
            router.get("/fails") { _, _ in throw Thrown("of the handler") }
            server.onRequest = router.handle
            for (path, status, body) in [
                ("/conflict", 409, "[409]"), ("/gone", 410, "Gone\n"), ("/none", 404, "[404]"),
                ("/fails", 500, "[500]"),
            ] {
                let answer = await server.exchange("GET \(path) HTTP/1.0\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 \(status) ") && answer.hasSuffix("\r\n\r\n\(body)"), "\(answer)")
            }
            #expect(log.lines == ["no shape"])
        }
    }

    @Test("A HEAD request gets the head alone; an answer that has begun is cut off")
    func limits() async {
        await withServer { server in
            server.onRequest = { request, response in
                if request.method != .head { response.write("begun") }
                throw HTTPError(.notFound)
            }
            let head = await server.exchange("HEAD / HTTP/1.0\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 404 ") && head.hasSuffix("Connection: close\r\n\r\n"), "\(head)")
            let begun = await server.exchange("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(!begun.contains("Not Found") && !begun.contains("0\r\n\r\n"), "\(begun)")
        }
    }
}
