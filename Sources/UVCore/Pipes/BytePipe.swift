/// Moves all bytes of a source to a sink.
///
/// ```
///   source ── bytes ──► sink.write ── true: goes on
///     ▲                     └──────── false: source.pause ── the sink's onDrain ──► source.resume
///     │
///   its end ──► sink.finish ──► done(nil)
///   an error of either, or a sink that closes early ──► both are abandoned, but for a source that
///                                                              has ended; done(error)
/// ```
@LoopActor
final class BytePipe {
    private enum State {
        case moving, finishing, over
    }

    /// Until the end, as the callback: the two may outlive the pipe, and hold it.
    private var source: (any ByteSource)?
    private var sink: (any ByteSink)?
    private var done: (((any Error)?) throws -> Void)?
    private var state = State.moving

    init(from source: any ByteSource, to sink: any ByteSink, _ done: @escaping ((any Error)?) throws -> Void) {
        (self.source, self.sink, self.done) = (source, sink, done)
    }

    func begin() {
        let writer = ByteWriter { [self] in
            if state == .moving { source?.resume() }
        } onClose: { [self] error in
            try end(error ?? LoopError(.brokenPipe, call: "pipe", reason: "the sink has closed before the end"))
        }
        let receiver = ByteReceiver { [self] bytes in
            guard state == .moving, let sink else { return }
            if !sink.write(bytes), state == .moving { source?.pause() }
        } onEnd: { [self] error in
            guard state == .moving else { return }
            if let error { return try end(error) }
            state = .finishing
            sink?.finish { [self] error in try end(error) }
        }
        sink?.report(to: writer)
        source?.hand(to: receiver)
    }

    /// The first end counts.
    func end(_ error: (any Error)?) throws {
        guard state != .over else { return }
        let hasSourceEnded = state == .finishing
        state = .over
        let (source, sink, done) = (source, sink, done)
        (self.source, self.sink, self.done) = (nil, nil, nil)
        if let error {
            // One that has ended has nothing to give up: a socket's other half may still answer.
            if !hasSourceEnded { source?.abandon(error) }
            sink?.abandon(error)
        }
        try done?(error)
    }
}

extension ByteSource {
    /// Moves all that comes to `sink`, as fast as that takes it, and then ends it: Node's `stream.pipeline`.
    ///
    /// ```swift
    /// Server { socket in
    ///     socket.pipe(to: socket) { error in print("the echo has ended", error ?? "well") }
    /// }.listen(port: 7000)
    /// ```
    ///
    /// At most what the sink takes below its mark waits between the two, and one piece more. Callbacks that the program has
    /// set on the two are called too, but for those that take the bytes.
    /// `done` is called once: with nil when the sink has all and its end, otherwise with the one error, whichever side it is
    /// of. Both sides are given up then, but for a source that has ended, such as a socket that may still be written to. A
    /// sink that closes before the end is an error (`EPIPE`), and so is a source that closes before its own (`EOF`).
    public func pipe(to sink: some ByteSink, _ done: @escaping ((any Error)?) throws -> Void) {
        BytePipe(from: self, to: sink, done).begin()
    }

    /// Moves all that comes to `sink`, and then ends it; see ``pipe(to:_:)``.
    ///
    /// - Throws: The one error. When the task is cancelled, that is `ECANCELED`, and both sides are given up.
    public func pipe(to sink: some ByteSink) async throws {
        let cancellation = PipeCancellation()
        let error = await withTaskCancellationHandler {
            await EventLoop.current.suspend { (continuation: UnsafeContinuation<(any Error)?, Never>) in
                let pipe = BytePipe(from: self, to: sink) { continuation.resume(returning: $0) }
                cancellation.pipe = pipe
                pipe.begin()
                if Task.isCancelled { cancellation.cancel() }
            }
        } onCancel: {
            LoopDoor.perform { cancellation.cancel() }
        }
        if let error { throw error }
    }
}

/// Joins a pipe and its task's cancellation.
@LoopActor
private final class PipeCancellation {
    weak var pipe: BytePipe?

    func cancel() {
        // What the task hears of it throws nothing.
        try? pipe?.end(LoopError.cancelled("pipe"))
    }
}
