import UVCore

/// Why there are no more messages: the connection was lost, or closed for a reason that is no good end.
public struct WebSocketClosure: Error, Sendable {
    /// What the peer has closed with, or 1006 if the connection was lost; see ``WebSocket/onClose``.
    public let code: CloseCode
    /// What the peer has said to it; empty for a connection that was lost.
    public let reason: String

    /// Nil for a good end: 1000, 1001, or a close frame without a code.
    init?(_ code: CloseCode, _ reason: String) {
        switch code {
        case .normal, .goingAway, .noStatusReceived: return nil
        default: (self.code, self.reason) = (code, reason)
        }
    }
}

/// The messages of a WebSocket, one after another. Made by ``WebSocket/messages``.
@LoopActor
public struct WebSocketMessages: AsyncSequence {
    public typealias Element = WebSocketMessage

    private let source: MessageSource

    init(_ source: MessageSource) { self.source = source }

    public nonisolated func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    /// The place of a reader. There is one for a WebSocket.
    public struct Iterator: AsyncIteratorProtocol {
        let source: MessageSource

        /// The next message. Nil behind the last one of a WebSocket that was closed with 1000, 1001 or without a code, and
        /// if the task is cancelled.
        public mutating func next() async throws(WebSocketClosure) -> WebSocketMessage? { try await source.next() }
    }
}

extension WebSocket {
    /// The messages, for a task that takes one after another.
    ///
    /// ```swift
    /// for try await message in socket.messages { socket.send(message.text) }
    /// ```
    ///
    /// From the first time that this is asked for, messages wait for the task in place of being given to ``onMessage``: 16 of
    /// them, or 64 KiB. Beyond that nothing is read, so that the peer is held up by TCP. A loop that is left does not
    /// close the WebSocket, and another one goes on where it was left: close it when nothing takes its messages, since no
    /// heartbeat ends a WebSocket that is not read. The iteration ends when the WebSocket is closed, with
    /// ``WebSocketClosure`` unless that is a good end, and when its task is cancelled. Asked for when the WebSocket is closed
    /// already, there are none, whatever the end was.
    ///
    /// Ask for it where the WebSocket is given to the program, before the loop goes on: what comes earlier, ``onMessage``
    /// gets.
    /// - Precondition: One task at a time waits for the next message.
    public var messages: WebSocketMessages {
        if let source = extras?.messages { return WebSocketMessages(source) }
        let source = MessageSource(of: self)
        // Once it is closed, nothing is kept any more.
        if !state.isClosed { makeExtras().messages = source }
        return WebSocketMessages(source)
    }
}
