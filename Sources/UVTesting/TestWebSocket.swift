import UVCore
public import UVWebSocket

/// A client's end of a WebSocket that a router has opened, for tests. Made by ``TestClient/webSocket(_:headers:subprotocols:)``.
///
/// A test on any thread sends messages and waits for those that come, one after another. It stays open until it is closed, or
/// until its ``TestClient`` is gone and all its WebSockets are.
public final class TestWebSocket: Sendable {
    private let socket: WebSocket
    /// Held from the beginning: it knows how the WebSocket has ended, which one that is asked for later does not.
    private let messages: WebSocketMessages
    /// The loop runs while this is held.
    private let client: TestClient

    @LoopActor
    init(_ socket: WebSocket, of client: TestClient) {
        self.socket = socket
        messages = socket.messages
        self.client = client
    }

    /// Sends a text message.
    public func send(_ text: String) async { await run { socket in _ = socket.send(text) } }

    /// Sends a binary message.
    public func send(_ bytes: [UInt8]) async { await run { socket in _ = socket.send(bytes) } }

    /// Waits for the next message and takes it. What has come since the WebSocket was opened comes first.
    ///
    /// A wait for what never comes has no end: a time limit of the test's gives it one.
    /// - Returns: Nil behind the last one of a WebSocket that was closed with 1000, 1001 or without a code.
    /// - Throws: `WebSocketClosure` behind the last one of a WebSocket that was closed for another reason, or lost.
    /// - Precondition: One task at a time waits for the next message.
    public func next() async throws -> WebSocketMessage? {
        try await run { _ in
            var iterator = messages.makeAsyncIterator()
            return try await iterator.next()
        }
    }

    /// Sends a close frame, and takes part in the end of the connection. Silent when it is closed.
    public func close(_ code: CloseCode = .normal, reason: String = "") async {
        await run { socket in socket.close(code, reason: reason) }
    }

    /// Runs `body` on the loop's thread with the WebSocket itself, for what is more than messages one after another.
    public func run<Value: Sendable>(_ body: @LoopActor (WebSocket) async throws -> Value) async rethrows -> Value {
        defer { withExtendedLifetime(self) {} }
        return try await body(socket)
    }
}
