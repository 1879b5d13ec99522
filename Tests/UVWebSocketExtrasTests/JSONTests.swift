import LoopTesting
import Testing
import UVCore
import UVWebSocketExtras

@testable import UVTesting

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

private struct Move: Codable, Equatable {
    var row: Int
    var at: Date
}

private let moved = Move(row: 3, at: Date(timeIntervalSince1970: 0))

/// What is said is told to all others; `odd` is answered with a value that JSON does not have.
@LoopActor
private func makeGame() -> Router {
    let router = Router()
    let hub = WebSocketHub()
    router.webSocket("/game") { socket, _ in
        socket.onError = { _ in }
        hub.add(socket)
        for try await message in socket.messages {
            if message.text == "odd" {
                #expect(throws: EncodingError.self) { try socket.send(json: [Double.infinity]) }
                #expect(throws: EncodingError.self) { try hub.broadcast(json: [Double.nan], to: .all) }
                socket.send("nothing was sent")
            } else {
                let move = try message.json(as: Move.self)
                try hub.broadcast(json: move, to: .all, except: socket)
                try socket.send(json: ["row": move.row])
            }
        }
    }
    return router
}

@LoopActor
private func makeEcho() -> Router {
    let router = Router()
    router.webSocket("/") { socket, _ in socket.onMessage = { socket.send($0) } }
    return router
}

private func withTurn(_ body: () async throws -> Void) async throws {
    try await withAsyncLoopTurn {
        try await body()
        await TestLoop.ended()
    }
}

@Suite("JSON over WebSockets")
struct JSONTests {
    @Test("A value is a text message: its names are in order, its dates are text")
    func sent() async throws {
        try await withTurn { () async throws in
            let client = TestClient(makeGame())
            let ada = try await client.webSocket("/game")
            let bob = try await client.webSocket("/game")
            try await ada.run { socket in _ = try socket.send(json: moved) }
            #expect(try await bob.next() == #"{"at":"1970-01-01T00:00:00Z","row":3}"#)
            #expect(try await ada.next() == #"{"row":3}"#)
        }
    }

    @Test("A value that JSON does not have is thrown, and nothing is sent")
    func unsent() async throws {
        try await withTurn { () async throws in
            let ada = try await TestClient(makeGame()).webSocket("/game")
            await ada.send("odd")
            #expect(try await ada.next()?.text == "nothing was sent")
        }
    }

    @Test("A route's task that throws what is no JSON ends its WebSocket with 1011")
    func thrown() async throws {
        try await withTurn { () async throws in
            let ada = try await TestClient(makeGame()).webSocket("/game")
            await ada.send("{")
            await #expect { try await ada.next() } throws: { ($0 as? WebSocketClosure)?.code == .internalError }
        }
    }

    @Test("A coder of one's own is used, both ways")
    func coders() async throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted]
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        try await withTurn { () async throws in
            let ada = try await TestClient(makeEcho()).webSocket("/")
            try await ada.run { socket in _ = try socket.send(json: [1], with: encoder) }
            #expect(try await ada.next()?.text.contains("\n") == true)
        }
        let message: WebSocketMessage = #"{"row":3,"at":0}"#
        #expect(try message.json(with: decoder) == moved)
        #expect(throws: InvalidJSON.self) { try message.json(as: Move.self) }
    }

    @Test("Bytes are read as text is, and what is wrong is said with its place")
    func read() throws {
        let text = #"{"row":3,"at":"1970-01-01T00:00:00Z"}"#
        #expect(try WebSocketMessage(Array(text.utf8)).json() == moved)
        #expect(try WebSocketMessage(text).json() == moved)
        for (wrong, said) in [
            (#"{"at":"1970-01-01T00:00:00Z"}"#, "row is missing."), ("{", "JSON ends too early: line 1, column 2."),
        ] {
            let thrown = #expect(throws: InvalidJSON.self) { try WebSocketMessage(wrong).json(as: Move.self) }
            #expect(thrown?.description == said)
        }
        #expect(throws: InvalidJSON.self) { try WebSocketMessage([0xFF]).json(as: String.self) }
    }
}
