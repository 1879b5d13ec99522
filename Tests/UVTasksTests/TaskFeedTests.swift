import LoopTesting
import Testing
import UVTasks

/// A server that says what a test has it say, and a feed of it, on one loop whose clock stands still.
@LoopActor
private final class Scene {
    private(set) var sockets: [WebSocket] = []
    private(set) var requests: [(target: String, token: String?)] = []
    private(set) var heard: [String] = []
    let log = Log()
    private let server = HTTPServer { _, response in response.end() }
    private let clock: ManualClock
    private(set) var url: WebSocketURL?

    init(_ clock: ManualClock) {
        self.clock = clock
        let upgrader = WebSocketUpgrader { [unowned self] socket, request in
            requests.append((request.url, request.header(.authorization)))
            sockets.append(socket)
            socket.onMessage = { [unowned self] message in heard.append(message.text) }
        }
        upgrader.attach(to: server)
    }

    func listen() async throws {
        server.listen(port: 0)
        try await until("the port") { server.address != nil }
        url = WebSocketURL("ws://127.0.0.1:\(server.address?.port ?? 0)/ws/tasks")
    }

    func feed(since position: TaskFeed.Position? = nil) throws -> TaskFeed {
        let feed = TaskFeed(from: try #require(url), token: "secret", since: position)
        feed.onMessage = { [log] message in log(message.text) }
        feed.onResume = { [log] resumption in log("\(resumption)") }
        feed.onLoss = { [log] _, _ in log("lost") }
        feed.onEnd = { [log] loss in log(loss == nil ? "end" : "refused") }
        feed.start()
        return feed
    }

    func connection(_ number: Int) async throws -> WebSocket {
        try await until("connection \(number)") { sockets.count == number }
        return sockets[number - 1]
    }

    func lose() async throws {
        sockets.last?.terminate()
        try await until("the loss") { log.lines.last == "lost" }
        clock.advance(by: .seconds(20))
    }

    func stop() {
        server.close()
        for socket in sockets { socket.terminate() }
    }
}

private func withScene(_ body: @escaping @LoopActor (Scene) async throws -> Void) async {
    let clock = ManualClock()
    let code = await withLoop(clock: .manual(clock)) { loop in
        loop.spawn {
            let scene = Scene(clock)
            try await scene.listen()
            defer { scene.stop() }
            try await body(scene)
        }
    }
    #expect(code == 0, "the loop's exit code")
}

@Suite("A feed comes back to where it stood")
struct TaskFeedTests {
    private let event = FeedProgressTests.event

    @Test("It asks each time for what comes behind its last event, shows its token, and gives no event twice")
    func resumes() async {
        await withScene { [event] scene in
            let feed = try scene.feed()
            var socket = try await scene.connection(1)
            socket.send(FeedProgressTests.ready("E", 4))
            socket.send(event(5))
            try await until("the event") { scene.log.lines.last == event(5) }
            #expect(feed.position?.description == "E:5")
            try await scene.lose()
            socket = try await scene.connection(2)
            let greeting = FeedProgressTests.ready("E", 7, true)
            for message in [greeting, event(5), event(6)] { socket.send(message) }
            try await until("the question") { scene.heard == [#"{"type":"ping"}"#] }
            socket.send(#"{"event":"pong","seq":7}"#)
            try await until("the word") { scene.log.lines.last == "recovered(missed: 1)" }
            #expect(scene.log.lines.suffix(4) == ["lost", greeting, event(6), "recovered(missed: 1)"])
            #expect(scene.requests.map(\.target) == ["/ws/tasks?since=", "/ws/tasks?since=5&epoch=E"])
            #expect(scene.requests.allSatisfy { $0.token == "Bearer secret" })
            feed.close()
            try await until("the end") { scene.log.lines.last == "end" }
        }
    }

    @Test("A message that is no JSON, and one that is not text, is given as it is")
    func foreign() async {
        await withScene { scene in
            let feed = try scene.feed(since: TaskFeed.Position(epoch: "E", sequence: 3))
            let socket = try await scene.connection(1)
            socket.send("hello")
            socket.send([0x7B, 0x7D])
            try await until("both") { scene.log.lines == ["hello", "{}"] }
            #expect(scene.requests[0].target == "/ws/tasks?since=3&epoch=E")
            feed.close()
            try await until("the end") { scene.log.lines.last == "end" }
        }
    }

    @Test("A final word ends it")
    func refused() async {
        await withScene { scene in
            _ = try scene.feed()
            try await scene.connection(1).close(.notAuthorised)
            try await until("the end") { scene.log.lines.last == "refused" }
            #expect(scene.log.lines == ["refused"])
        }
    }
}
