import UVCore

/// Messages that wait for a task, and the task that waits for a message.
///
/// The WebSocket holds it, and it the WebSocket, until that is closed.
@LoopActor
final class MessageSource {
    private let socket: WebSocket
    private var kept: [WebSocketMessage] = []
    private var keptBytes = 0
    /// How it has ended; nil until then.
    private var end: Result<WebSocketMessage?, WebSocketClosure>?
    private var waiting: UnsafeContinuation<Result<WebSocketMessage?, WebSocketClosure>, Never>?
    /// How often a task has waited: so a cancellation finds the wait that it is for.
    private var waits = 0

    private static let mostKept = 16
    private static let mostKeptBytes = 65_536

    init(of socket: WebSocket) {
        self.socket = socket
        guard !socket.state.isClosed else {
            end = .success(nil)
            return
        }
        socket.onMessage = { [self] message in add(message) }
        socket.afterClose { [self] code, reason in
            finish(WebSocketClosure(code, reason).map { .failure($0) } ?? .success(nil))
        }
    }

    func next() async throws(WebSocketClosure) -> WebSocketMessage? {
        if Task.isCancelled { return nil }
        if let message = take() { return message }
        if let end { return try end.get() }
        if waiting != nil { programError("two tasks wait for the messages of one WebSocket") }
        waits += 1
        let wait = waits
        let result = await withTaskCancellationHandler {
            await socket.loop.suspend { waiting = $0 }
        } onCancel: {
            EventLoop.execute { self.cancel(wait) }
        }
        return try result.get()
    }

    private func add(_ message: WebSocketMessage) {
        if waiting != nil { return resume(with: .success(message)) }
        kept.append(message)
        keptBytes += message.bytes.count
        if kept.count >= Self.mostKept || keptBytes >= Self.mostKeptBytes { socket.pause() }
    }

    /// The message that has waited longest. When none is left, more are read.
    ///
    /// - Complexity: O(messages that wait), which are few.
    private func take() -> WebSocketMessage? {
        guard !kept.isEmpty else { return nil }
        let message = kept.removeFirst()
        keptBytes -= message.bytes.count
        if kept.isEmpty { socket.resume() }
        return message
    }

    private func finish(_ result: Result<WebSocketMessage?, WebSocketClosure>) {
        end = result
        resume(with: result)
    }

    private func cancel(_ wait: Int) {
        if wait == waits { resume(with: .success(nil)) }
    }

    private func resume(with result: Result<WebSocketMessage?, WebSocketClosure>) {
        waiting?.resume(returning: result)
        waiting = nil
    }
}
