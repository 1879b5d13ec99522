import LoopTesting
import Testing
import UVCore
import UVHTTPExtras
import UVWebSocket

@testable import UVTesting

/// A chat with rooms, whose members need a name.
@LoopActor
private func makeChat() -> Router {
    let router = Router()
    let hub = WebSocketHub(heartbeat: .seconds(30))
    router.webSocket("/rooms/:room", subprotocols: ["chat"]) { socket, request in
        // What nothing handles would end all connections of the client.
        socket.onError = { _ in }
        guard let name = request.query["name"] else { return socket.close(.policyViolation, reason: "no name") }
        socket.send("welcome, \(name)")
        try hub.join(socket, request.parameters["room"] ?? "")
        for try await message in socket.messages {
            if message.text == "bye" { socket.close() }
            if message.text == "fail" { throw Thrown("oh") }
            hub.broadcast("\(name): \(message.text)", to: .all)
        }
    }
    router.webSocket("/echo") { socket, _ in socket.onMessage = { socket.send($0) } }
    router.get("/later") { _, _ in EventLoop.current.setImmediate { throw Thrown("much later") } }
    return router
}

private func withTurn(_ body: () async throws -> Void) async throws {
    try await withAsyncLoopTurn {
        try await body()
        await TestLoop.ended()
    }
}

@Suite("A router opens WebSockets in memory")
struct TestWebSocketTests {
    @Test("Members of a room hear each other, and what came before they were asked")
    func rooms() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeChat())
            let ada = try await client.webSocket("/rooms/lobby?name=Ada")
            let bob = try await client.webSocket("/rooms/lobby?name=Bob")
            await ada.send("hello")
            #expect(try await bob.next()?.text == "welcome, Bob")
            #expect(try await bob.next()?.text == "Ada: hello")
            #expect(try await ada.next()?.text == "welcome, Ada")
            #expect(try await ada.next()?.text == "Ada: hello")
        }
    }

    @Test("Text, bytes and subprotocols are those of any client")
    func messages() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeChat())
            let echo = try await client.webSocket("/echo")
            await echo.send([1, 2, 3])
            #expect(try await echo.next()?.bytes == [1, 2, 3])
            await echo.send("text")
            #expect(try await echo.next()?.text == "text")
            let chat = try await client.webSocket("/rooms/a?name=Ada", subprotocols: ["other", "chat"])
            #expect(await chat.run { $0.subprotocol } == "chat")
        }
    }

    @Test("A good end is nil, another one is thrown")
    func ends() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeChat())
            let ada = try await client.webSocket("/rooms/lobby?name=Ada")
            await ada.send("bye")
            #expect(try await ada.next()?.text == "welcome, Ada")
            while let message = try await ada.next() { #expect(message.text == "Ada: bye") }
            let bob = try await client.webSocket("/rooms/lobby?name=Bob")
            await bob.close()
            while let message = try await bob.next() { #expect(message.text == "welcome, Bob") }
            let stranger = try await client.webSocket("/rooms/lobby")
            await #expect { try await stranger.next() } throws: {
                ($0 as? WebSocketClosure)?.code == .policyViolation && ($0 as? WebSocketClosure)?.reason == "no name"
            }
            let unlucky = try await client.webSocket("/rooms/lobby?name=Eve")
            await unlucky.send("fail")
            _ = try await unlucky.next()
            await #expect { try await unlucky.next() } throws: {
                ($0 as? WebSocketClosure)?.code == .internalError
            }
        }
    }

    @Test("What is refused says the status, and the client goes on")
    func refused() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeChat())
            await #expect(throws: WebSocketClient.Failure.refused(status: 403)) {
                try await client.webSocket("/echo", headers: [.origin: "http://elsewhere.example"])
            }
            await #expect(throws: WebSocketClient.Failure.refused(status: 404)) {
                try await client.webSocket("/nowhere")
            }
            await #expect(throws: WebSocketClient.Failure.self) { try await client.webSocket("no path") }
            let echo = try await client.webSocket("/echo", headers: [.origin: "http://test"])
            await echo.send("here")
            #expect(try await echo.next()?.text == "here")
        }
    }

    @Test("They are lost with an error that nothing is about, and stay open without their client's name")
    func lost() async throws {
        try await withTurn { () async throws in
            var client: TestClient? = TestClient(makeChat())
            let echo = try await client?.webSocket("/echo")
            _ = try? await client?.get("/later")
            await #expect(throws: WebSocketClosure.self) { try await echo?.next() }
            let other = try await client?.webSocket("/echo")
            client = nil
            await other?.send("still here")
            #expect(try await other?.next()?.text == "still here")
        }
    }
}
