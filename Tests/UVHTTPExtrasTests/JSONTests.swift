import LoopTesting
import Testing
import UVCore
import UVHTTP

@testable import UVHTTPExtras

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What the tests send to and fro.
struct Note: Codable, Hashable {
    var title: String
    var tags: [String] = []
    var at: Date?
}

/// Runs `body` with a server on a loop of its own and a client of it.
func withServer(
    _ router: @escaping @LoopActor () -> Router, _ body: @escaping @LoopActor (HTTPClient, String) async throws -> Void
) async {
    let code = await withLoop { loop in
        let server = HTTPServer(router())
        server.listen(port: 0) {
            loop.spawn {
                let client = HTTPClient()
                do {
                    try await body(client, "http://127.0.0.1:\(server.address?.port ?? 0)")
                } catch {
                    Issue.record(error)
                }
                client.closeAllConnections()
                server.close()
            }
        }
    }
    #expect(code == 0)
}

@Suite("JSON in requests and answers")
struct JSONTests {
    @Test(
        "A type is JSON's by its name, whatever its case and its parameters",
        arguments: [
            ("application/json", true), ("Application/JSON; charset=utf-8", true), (" application/json ;x", true),
            ("text/json", true), ("application/problem+json", true), ("application/json5", false),
            ("text/plain", false),
            ("", false), ("json", false), ("application/jſon", false), ("application/x;y=+json", false),
        ])
    func types(text: String, isJSON: Bool) {
        #expect(JSONType.isNamed(by: text) == isJSON)
    }

    @LoopActor
    private static func router() -> Router {
        let router = Router()
        router.post("/echo") { request, response in
            try response.json(try await request.json(as: [Note].self, upTo: 200), status: .created)
        }
        router.get("/note") { _, response in
            response.setHeader(.contentType, "application/problem+json")
            try response.json(Note(title: "a/b", at: Date(timeIntervalSince1970: 1)))
        }
        router.get("/nothing") { _, response in try response.json([Double.nan]) }
        router.get("/text") { _, response in response.end("[]") }
        router.get("/html") { _, response in
            response.setHeader(.contentType, "text/html")
            response.end("[]")
        }
        return router
    }

    @Test("A value goes to and fro by the client's calls")
    func roundTrip() async {
        await withServer(Self.router) { client, url in
            let notes = [Note(title: "é\u{0}", tags: ["x"], at: Date(timeIntervalSince1970: 1_000)), Note(title: "")]
            let answer = try await client.post("\(url)/echo", json: notes)
            #expect(answer.status == .created && answer.header(.contentType) == "application/json")
            #expect(try await answer.json(as: [Note].self) == notes)
            let note = try await client.get("\(url)/note")
            #expect(note.header(.contentType) == "application/problem+json")
            let body = try await note.body()
            #expect(String(decoding: body, as: UTF8.self).contains("\"title\":\"a/b\""))
            #expect(String(decoding: body, as: UTF8.self).contains("\"at\":\"1970-01-01T00:00:01Z\""))
            #expect(note.header(.contentLength) == "\(body.count)")
        }
    }

    @Test("The answer to HEAD has the length and no body")
    func head() async {
        await withServer(Self.router) { client, url in
            let length = try await client.get("\(url)/note").body().count
            let answer = try await client.request(.head, "\(url)/note")
            #expect(answer.header(.contentLength) == "\(length)")
            #expect(try await answer.body().isEmpty)
        }
    }

    @Test(
        "What is no JSON of the wanted form is refused, and the answer says where",
        arguments: [
            ("[{\"title\":\"a\"", 400, "JSON ends too early: line 1, column 14."), ("", 400, "line 1, column 1."),
            ("[{\n\"title\" 3}]", 400, "JSON is not valid: line 2, column 9."), ("{}", 400, "JSON: "),
            ("[{\"tags\":[]}]", 400, "[0].title is missing"),
            ("[{\"title\":null,\"tags\":[]}]", 400, "[0].title must not be null"),
            ("[{\"title\":\"a\",\"tags\":[\"b\",1]}]", 400, "[0].tags[1]: "),
            ("[{\"title\":\"a\",\"tags\":[],\"at\":\"now\"}]", 400, "[0]: Expected date"),
            (String(repeating: " ", count: 199) + "[]", 413, "200 bytes"),
        ])
    func refused(body: String, status: Int, message: String) async {
        await withServer(Self.router) { client, url in
            let answer = try await client.request(.post, "\(url)/echo", body: Array(body.utf8))
            let text = String(decoding: try await answer.body(), as: UTF8.self)
            #expect(answer.status.code == status && text.contains(message), "\(text)")
        }
    }

    @Test("A body of another type is 415, and one of none is taken")
    func otherType() async {
        await withServer(Self.router) { client, url in
            let other = try await client.request(
                .post, "\(url)/echo", headers: [.contentType: "text/plain"], body: Array("[]".utf8))
            #expect(other.status == .unsupportedMediaType)
            other.resume()
            let none = try await client.request(.post, "\(url)/echo", body: Array("[]".utf8))
            #expect(none.status == .created)
            none.resume()
        }
    }

    @Test("A value that cannot be JSON is 500, and nothing of it is sent")
    func noJSON() async {
        await withServer(Self.router) { client, url in
            let answer = try await client.get("\(url)/nothing")
            #expect(answer.status == .internalServerError)
            #expect(answer.header(.contentType) == "text/plain; charset=utf-8")
            answer.resume()
        }
    }

    @Test("The client takes JSON without a type, and refuses what is called something else, or is too long")
    func answers() async {
        await withServer(Self.router) { client, url in
            let answer = try await client.get("\(url)/text")
            #expect(try await answer.json(as: [Int].self) == [])
            await #expect(throws: InvalidJSON.self) { try await client.get("\(url)/html").json(as: [Int].self) }
            await #expect(throws: InvalidJSON.self) { try await client.get("\(url)/text").json(as: Note.self) }
            await #expect(throws: HTTPBodyError.tooLarge) {
                try await client.get("\(url)/text").json(as: [Int].self, upTo: 1)
            }
        }
    }

    @Test("A message is bounded, and one line, whatever names the peer has chosen")
    func longNames() {
        let name = String(repeating: "n\\u000a", count: 10_000)
        let error = #expect(throws: InvalidJSON.self) {
            try JSONCoding.value(
                [String: [String: Int]].self, of: Array("{\"\(name)\":{\"\(name)\":\"\"}}".utf8), with: nil)
        }
        #expect((error?.description.utf8.count ?? 0) < 1_200)
        #expect(error?.description.utf8.contains(10) == false)
    }
}
