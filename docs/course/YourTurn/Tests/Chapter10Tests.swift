import Testing
import UVCore
import UVHTTP
import UVTesting
import UVWebSocket
import YourTurn

/// A client of a room.
@LoopActor
private final class Client {
    private let socket: WebSocket
    private var messages: WebSocketMessages.Iterator

    init(_ port: Int, _ target: String) async throws {
        let url = try #require(WebSocketURL("ws://127.0.0.1:\(port)/rooms/\(target)"))
        socket = try await WebSocketClient.connect(to: url)
        messages = socket.messages.makeAsyncIterator()
    }

    func say(_ text: String) { socket.send(text) }

    func close() { socket.close(.normal) }

    /// The next thing that it hears; nil if it hears nothing for two seconds, and then it leaves.
    func hears() async throws -> String? {
        let timer = EventLoop.current.setTimeout(.seconds(2)) { [socket] in socket.close(.normal) }
        defer { timer.cancel() }
        var iterator = messages
        let message = try await iterator.next()
        messages = iterator
        return message?.text
    }
}

@Suite("Chapter 10", .serialized, .timeLimit(.minutes(1))) struct Chapter10Tests {
    /// Runs `body` on a loop, with the port of a server that has the rooms.
    private func withRooms(_ body: @LoopActor (Int) async throws -> Void) async throws {
        try await TestClient(Router()).run { _ in
            let server = HTTPServer(makeRooms())
            let port: Int = await withCheckedContinuation { continuation in
                server.listen(port: 0) { continuation.resume(returning: server.address?.port ?? 0) }
            }
            defer { server.close() }
            try await body(port)
        }
    }

    @Test("A client that comes hears which names are there, and the others hear of it")
    func comes() async throws {
        try await withRooms { port in
            let bob = try await Client(port, "a?name=Bob")
            #expect(try await bob.hears() == "here: Bob")
            let ada = try await Client(port, "a?name=Ada")
            #expect(try await ada.hears() == "here: Ada, Bob")
            bob.say("hello")
            #expect(try await bob.hears() == "+ Ada")
        }
    }

    @Test("What one says all of the room hear")
    func says() async throws {
        try await withRooms { port in
            let ada = try await Client(port, "a?name=Ada")
            #expect(try await ada.hears() == "here: Ada")
            let guest = try await Client(port, "a")
            #expect(try await guest.hears() == "here: Ada, guest")
            guest.say("hello")
            ada.say("hello, guest")
            var heard: [String?] = []
            for _ in 0..<3 { heard.append(try await ada.hears()) }
            #expect(Set(heard) == ["+ guest", "guest: hello", "Ada: hello, guest"])
            #expect(heard.first == "+ guest")
        }
    }

    @Test("Another room hears nothing of it")
    func apart() async throws {
        try await withRooms { port in
            let ada = try await Client(port, "a?name=Ada")
            let bob = try await Client(port, "b?name=Bob")
            #expect(try await ada.hears() == "here: Ada")
            #expect(try await bob.hears() == "here: Bob")
            ada.say("hello")
            #expect(try await ada.hears() == "Ada: hello")
            bob.say("is anybody here?")
            #expect(try await bob.hears() == "Bob: is anybody here?")
        }
    }

    @Test("When one goes the others hear of it, and the next who comes does not see it")
    func goes() async throws {
        try await withRooms { port in
            let ada = try await Client(port, "a?name=Ada")
            #expect(try await ada.hears() == "here: Ada")
            let bob = try await Client(port, "a?name=Bob")
            #expect(try await bob.hears() == "here: Ada, Bob")
            bob.close()
            ada.say("goodbye")
            var heard: Set<String?> = []
            for _ in 0..<3 { heard.insert(try await ada.hears()) }
            #expect(heard == ["+ Bob", "Ada: goodbye", "- Bob"])
            let cleo = try await Client(port, "a?name=Cleo")
            #expect(try await cleo.hears() == "here: Ada, Cleo")
        }
    }
}
