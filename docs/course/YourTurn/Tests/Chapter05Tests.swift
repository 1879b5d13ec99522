import Testing
import UVHTTP
import UVTesting
import YourTurn

/// What has reached the handler.
@LoopActor
private final class Handled {
    var paths: [String] = []

    nonisolated init() {}
}

@Suite("Chapter 5") struct Chapter05Tests {
    private let handled = Handled()

    @LoopActor
    private func makeRouter(limit: Int) -> Router {
        let router = Router()
        router.use(Quota(limit: limit))
        router.get("/*") { [handled] request, response in
            handled.paths.append(request.path)
            response.end("here you are")
        }
        return router
    }

    private func ask(_ client: TestClient, as name: String?, _ path: String = "/") async throws -> (Int, String?) {
        let fields: HTTPFields = name.map { [.named("X-Client"): $0] } ?? [:]
        let answer = try await client.get(path, headers: fields)
        return (answer.status.code, answer.header(.named("X-Quota-Left")))
    }

    @Test("A client gets what it has asked for, and is told how many requests are left")
    func counts() async throws {
        let client = TestClient(makeRouter(limit: 3))
        for left in ["2", "1", "0"] {
            let answer = try await ask(client, as: "Ada")
            #expect(answer == (200, left))
        }
    }

    @Test("The next one is 429, and does not reach the handler")
    func refuses() async throws {
        let client = TestClient(makeRouter(limit: 1))
        var answers: [Int] = []
        for path in ["/first", "/second", "/third"] { answers.append(try await ask(client, as: "Ada", path).0) }
        #expect(answers == [200, 429, 429])
        let paths = await handled.paths
        #expect(paths == ["/first"])
    }

    @Test("One client does not use up what another one has")
    func apart() async throws {
        let client = TestClient(makeRouter(limit: 1))
        var answers: [Int] = []
        for name in ["Ada", "Bob", "Ada", "Bob"] { answers.append(try await ask(client, as: name).0) }
        #expect(answers == [200, 200, 429, 429])
    }

    @Test("Without a name it is 400, and does not reach the handler")
    func nameless() async throws {
        let client = TestClient(makeRouter(limit: 1))
        let answer = try await ask(client, as: nil)
        #expect(answer.0 == 400)
        let paths = await handled.paths
        #expect(paths.isEmpty)
    }
}
