import HTTPTypes
public import UVCore
public import UVWebSocket

/// A Taskflow server's live events, each once and in order, over lost connections and restarts of the server.
///
/// ```swift
/// let feed = TaskFeed(from: url, token: "…")
/// feed.onMessage = { message in print(message.text) }
/// feed.onResume = { resumption in print("back again: \(resumption)") }
/// feed.start()
/// ```
///
/// It keeps its ``position`` in the server's history. When the connection is lost it connects again, by a
/// `ReconnectingWebSocket`, and asks for what came meanwhile: that is given to ``onMessage`` as if nothing had happened.
/// Where the server has it no more, or has begun a new history, its snapshot of the tasks comes instead.
///
/// A feed that was started keeps itself until it has ended.
@LoopActor
public final class TaskFeed {
    /// Called with each WebSocket that was opened.
    public var onOpen: ((WebSocket) throws -> Void)?

    /// Called with each message of the server, but for one that came already. An event has `"event"`, such as
    /// `task.created`, and `"seq"`; `connection.ready`, `snapshot` and `position` are no events of a task.
    public var onMessage: ((WebSocketMessage) throws -> Void)?

    /// Called when the feed is complete again behind a connection that was lost: behind the last message that was missed.
    public var onResume: ((Resumption) throws -> Void)?

    /// Called when there is no connection any more, or again none, with the time until the next attempt.
    public var onLoss: ((ReconnectingWebSocket.Loss, Duration) throws -> Void)?

    /// Called last, once: with the loss behind which nothing is tried again, or with nil after ``close()``.
    public var onEnd: ((ReconnectingWebSocket.Loss?) throws -> Void)?

    /// The last event that was received. A program that keeps it can go on there the next time that it runs.
    ///
    /// Nil before the server's greeting, and with a server that does not say.
    public var position: Position? { progress.position }

    private let url: WebSocketURL
    private let line: ReconnectingWebSocket
    private var progress: FeedProgress

    /// - Parameters:
    ///   - url: Such as `ws://localhost:3000/ws/tasks`, with the rooms in its query: `url.setting("rooms", to: "project-a")`.
    ///   - tls: For a `wss` URL, the authorities that may vouch for its server; nil for the system's.
    ///   - token: Shown to the server each time.
    ///   - position: Behind which event to begin. Without one it is that of the URL's query, else from now on.
    ///   - limits: What the server may cost.
    ///   - deflate: How messages are compressed, if the server can do so; nil for not at all.
    ///   - backoff: How long it waits before it connects again.
    public init(
        from url: WebSocketURL, tls: (any SocketSecurity)? = nil, token: String? = nil,
        since position: Position? = nil, limits: WebSocketLimits = WebSocketLimits(), deflate: PerMessageDeflate? = nil,
        backoff: Backoff = Backoff()
    ) {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        self.url = url
        line = ReconnectingWebSocket(
            to: url, tls: tls, fields: fields, limits: limits, deflate: deflate, backoff: backoff)
        progress = FeedProgress(position ?? Position(url))
    }

    /// Begins. Silent when it has begun already.
    public func start() {
        line.onOpen = { [self] socket in try didOpen(socket) }
        line.onLoss = { [self] loss, delay in
            line.url = progress.address(on: url)
            try onLoss?(loss, delay)
        }
        line.onEnd = { [self] loss in try didEnd(loss) }
        line.url = progress.address(on: url)
        line.connect()
    }

    /// Ends it, with 1000 for the server. Silent the second time.
    public func close() { line.close() }

    private func didOpen(_ socket: WebSocket) throws {
        progress.begin()
        socket.onMessage = { [self] message in try receive(message, on: socket) }
        try onOpen?(socket)
    }

    private func receive(_ message: WebSocketMessage, on socket: WebSocket) throws {
        guard message.kind == .text, let known = FeedMessage(message.bytes) else {
            return try onMessage?(message) ?? ()
        }
        for action in progress.receive(known) {
            switch action {
            case .deliver: try onMessage?(message)
            case .ask: socket.send(#"{"type":"ping"}"#)
            case .tell(let resumption): try onResume?(resumption)
            }
        }
    }

    private func didEnd(_ loss: ReconnectingWebSocket.Loss?) throws {
        let onEnd = onEnd
        // The program's closures may hold the feed.
        (onOpen, onMessage, onResume, onLoss, self.onEnd) = (nil, nil, nil, nil, nil)
        try onEnd?(loss)
    }
}
