/// A task that takes what arrives on a socket.
///
/// ```
/// next ── a task waits: the socket flows ── a read ──► the task, and the socket is paused
///      └─ what was read ahead by then comes first, as after any pause
/// ```
///
/// So nothing is kept here: what no task waits for lies in ``SocketInput``, which has its bound. Only a program that resumes
/// the socket itself while no task waits leaves a piece in ``kept``. The socket holds this, and this the socket, until it
/// has closed.
@LoopActor
final class SocketReader {
    private let socket: Socket
    private var kept: [[UInt8]] = []
    /// How it has ended; nil until then.
    private var end: Result<[UInt8]?, LoopError>?
    private var waiting: UnsafeContinuation<Result<[UInt8]?, LoopError>, Never>?
    /// How often a task has waited: so a cancellation finds the wait that it is for.
    private var waits = 0

    init(of socket: Socket) {
        self.socket = socket
        guard !socket.isDestroyed, socket.state.input.end != .announced else {
            end = .success(nil)
            return
        }
        socket.pause()
        socket.onBytes = { [self] bytes in add([UInt8](copying: bytes)) }
    }

    func next() async throws(LoopError) -> [UInt8]? {
        if Task.isCancelled { return nil }
        if !kept.isEmpty { return kept.removeFirst() }
        if let end { return try end.get() }
        if waiting != nil { programError("two tasks wait for the bytes of one socket") }
        waits += 1
        let wait = waits
        let result = await withTaskCancellationHandler {
            await socket.loop.suspend { continuation in
                waiting = continuation
                socket.resume()
            }
        } onCancel: {
            LoopDoor.perform { self.cancel(wait) }
        }
        return try result.get()
    }

    private func add(_ bytes: [UInt8]) {
        socket.pause()
        if waiting != nil { resume(with: .success(bytes)) } else { kept.append(bytes) }
    }

    /// The peer has ended its side, or the connection is closed. Silent the second time.
    func finish(_ result: Result<[UInt8]?, LoopError>) {
        if end == nil { end = result }
        resume(with: result)
    }

    private func cancel(_ wait: Int) {
        guard wait == waits, waiting != nil else { return }
        socket.pause()
        resume(with: .success(nil))
    }

    private func resume(with result: Result<[UInt8]?, LoopError>) {
        waiting?.resume(returning: result)
        waiting = nil
    }
}
