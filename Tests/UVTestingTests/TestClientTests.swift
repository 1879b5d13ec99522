import LoopTesting
import Testing
import UVCore
import UVHTTPExtras

@testable import UVTesting

/// A router as a program has one: a list of notes in memory.
@LoopActor
private func makeRouter() -> Router {
    let router = Router()
    var notes: [String] = []
    router.use { request, response, next in
        response.setHeader(.server, "notes")
        try next()
    }
    router.get("/notes") { request, response in
        let limit = request.query["limit"].flatMap { Int($0) } ?? 10
        response.end(notes.prefix(limit).joined(separator: ","))
    }
    router.post("/notes") { request, response async throws in
        notes.append(String(decoding: try await request.body(upTo: 20), as: UTF8.self))
        try await EventLoop.current.sleep(.milliseconds(1))
        response.status = .created
        response.end()
    }
    router.get("/fails") { _, _ in throw Thrown("oh") }
    router.get("/forgets") { _, _ async in }
    router.get("/later") { _, response in EventLoop.current.setImmediate { throw Thrown("much later") } }
    router.post("/mirror") { request, response async throws in
        for try await piece in request.chunks where !response.write(piece) {
            await EventLoop.current.nextCheck()
        }
        response.end()
    }
    router.get("/json") { _, response in try response.json(["a": 1]) }
    return router
}

@LoopActor
private func noRouter() throws -> Router { throw Thrown("none") }

/// Runs `body` while no other test runs a loop, and waits for the end of the one that it has used.
private func withTurn(_ body: () async throws -> Void) async throws {
    try await withAsyncLoopTurn {
        try await body()
        await TestLoop.ended()
    }
}

@Suite("A router answers in memory")
struct TestClientTests {
    @Test("Requests go through the router, one after another")
    func requests() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeRouter())
            #expect(try await client.post("/notes", body: "a b").status == .created)
            #expect(try await client.post("/notes", body: [0x63]).status == .created)
            let answer = try await client.get("/notes?limit=1")
            #expect(answer.status == .ok && answer.text == "a b" && answer.header(.server) == "notes")
            #expect(answer.headers[.contentLength] == "3")
            #expect(try await client.get("/nowhere").status == .notFound)
            #expect(try await client.delete("/notes").status == .methodNotAllowed)
            #expect(try await client.request(.head, "/notes").body.isEmpty)
        }
    }

    @Test("What fails is answered as in the program")
    func failures() async throws {
        try await withTurn { () async throws in
            let client = TestClient(
                makeRouter(), configure: { $0.onHandlerError = { _, _, response in response.fail() } })
            let long = String(repeating: "x", count: 21)
            let answers = try await [client.get("/fails"), client.get("/forgets"), client.post("/notes", body: long)]
            #expect(answers.map(\.status.code) == [500, 500, 500])
            await #expect(throws: HTTPClient.Failure.self) { try await client.get("no path") }
        }
    }

    @Test("A router that cannot be made fails each request")
    func unmade() async throws {
        try await withTurn { () async throws in
            let client = TestClient(try noRouter())
            for _ in 0..<2 { await #expect(throws: Thrown.self) { try await client.get("/") } }
        }
    }

    @Test("The server's limits hold")
    func limits() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeRouter(), configure: { $0.limits.body = 3 })
            #expect(try await client.post("/notes", body: "abcd").status == .contentTooLarge)
        }
    }

    @Test("An error that no request is about ends those that are under way")
    func uncaught() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeRouter())
            await #expect(throws: HTTPClient.Failure.self) { try await client.get("/later") }
            #expect(try await client.get("/notes").status == .ok)
        }
    }

    @Test("Bodies go in pieces both ways, and JSON by the client's calls")
    func pieces() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeRouter())
            let count = try await client.run { client in
                let piece = [UInt8](repeating: 7, count: 50_000)
                let request = client.begin(.post, TestClient.url("/mirror"))
                let answer = AsyncStream<ClientResponse> { answers in
                    request.onResponse = { answers.yield($0) }
                }
                for _ in 0..<20 { request.write(piece) }
                request.end()
                var count = 0
                for await answer in answer {
                    for try await piece in answer.chunks { count += piece.count }
                    break
                }
                return count
            }
            #expect(count == 1_000_000)
            let json = try await client.run { client in
                let answer = try await client.get(TestClient.url("/json"))
                return try await answer.json(as: [String: Int].self)
            }
            #expect(json == ["a": 1])
        }
    }

    @Test("Clients may be used side by side, and again when all were gone")
    func several() async throws {
        try await withTurn { () async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask {
                        let client = TestClient(makeRouter())
                        for _ in 0..<5 { _ = try await client.post("/notes", body: "\(number)") }
                        #expect(
                            try await client.get("/notes").text
                                == Array(repeating: "\(number)", count: 5).joined(separator: ","))
                    }
                }
                try await group.waitForAll()
            }
            for _ in 0..<20 { #expect(try await TestClient(makeRouter()).get("/notes").text.isEmpty) }
        }
    }
}
