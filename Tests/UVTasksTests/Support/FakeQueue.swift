import LoopTesting
import Testing
import UVTasks

/// A server that a test answers for, request by request, on the test's own loop, whose clock stands still.
@LoopActor
final class FakeQueue {
    /// A request that waits for its answer.
    @LoopActor
    struct Asked {
        let method: String
        let target: String
        let token: String?
        let key: String?
        let body: String
        let response: ServerResponse

        /// Answers with JSON.
        func answer(_ text: String, status: HTTPResponse.Status = .ok, retryAfter: Int? = nil) {
            response.status = status
            response.setHeader(.contentType, "application/json")
            if let retryAfter { response.setHeader(.retryAfter, "\(retryAfter)") }
            response.end(text)
        }

        func refuse(_ status: Int, _ code: String, retryAfter: Int? = nil) {
            let text = #"{"error":{"code":"\#(code)","message":"It is refused."}}"#
            answer(text, status: HTTPResponse.Status(code: status), retryAfter: retryAfter)
        }
    }

    let clock: ManualClock
    let log = Log()
    private(set) var asked: [Asked] = []
    private(set) var leftCount = 0
    private var server: HTTPServer
    private(set) var port = 0

    init(_ clock: ManualClock) {
        self.clock = clock
        server = HTTPServer { _, _ in }
        server = HTTPServer { [weak self] request, response in
            response.onClose = { [weak self] in if !response.isFinished { self?.leftCount += 1 } }
            let body = try await request.body()
            self?.asked.append(
                Asked(
                    method: request.method.rawValue, target: request.url, token: request.header(.authorization),
                    key: request.header(.named("Idempotency-Key")), body: String(decoding: body, as: UTF8.self),
                    response: response))
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    func listen() async throws {
        server.listen(port: port)
        try await until("the port") { server.address != nil }
        port = server.address?.port ?? 0
    }

    /// The request of that number, from 1, when it has come.
    func request(_ number: Int) async throws -> Asked {
        try await until("request \(number)") { asked.count >= number }
        return asked[number - 1]
    }

    func client(token: TaskClient.Token = "secret") -> TaskClient { TaskClient(url, token: token) }

    func stop() {
        server.close()
        server.closeAllConnections()
    }
}

/// Runs `body` with a server, and expects that the loop then ends by itself with code 0.
func withQueue(_ body: @escaping @LoopActor (FakeQueue) async throws -> Void) async {
    let clock = ManualClock()
    let code = await withLoop(clock: .manual(clock)) { loop in
        loop.spawn {
            let queue = FakeQueue(clock)
            try await queue.listen()
            defer { queue.stop() }
            try await body(queue)
        }
    }
    #expect(code == 0, "the loop's exit code")
}
