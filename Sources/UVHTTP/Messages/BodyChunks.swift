import UVCore

/// A message whose body a task can read piece by piece: a request to a server, or an answer to a client.
@LoopActor
protocol ReadableMessage {
    var onData: (([UInt8]) throws -> Void)? { get nonmutating set }
    var onBytes: ((RawSpan) throws -> Void)? { get nonmutating set }
    var onEnd: (() throws -> Void)? { get nonmutating set }
    var onError: ((HTTPBodyError) throws -> Void)? { get nonmutating set }

    /// Why no reader can begin to read the body now; nil if one can.
    var unreadable: HTTPBodyError? { get }

    func pause()
    func resume()

    /// The rest of the body is not wanted.
    func giveUp()
}

/// A body as it arrives. Made by ``IncomingMessage/chunks`` and ``ClientResponse/chunks``; it can be walked once.
@LoopActor
public struct BodyChunks: AsyncSequence {
    private let source: BodySource

    init(of message: any ReadableMessage) { source = BodySource(message) }

    public nonisolated func makeAsyncIterator() -> Iterator { Iterator(walk: BodyWalk(source)) }

    /// The place in the body where a reader is.
    public struct Iterator: AsyncIteratorProtocol {
        let walk: BodyWalk

        /// The next piece; nil behind the last one. ``HTTPBodyError/aborted`` if the task is cancelled.
        public mutating func next() async throws(HTTPBodyError) -> [UInt8]? {
            let piece = try await walk.source.next()
            if piece == nil { walk.isOver = true }
            return piece
        }
    }
}

/// One way along a body. Where it is left before its end, the rest of the body is not wanted.
final class BodyWalk {
    let source: BodySource
    var isOver = false

    init(_ source: BodySource) { self.source = source }

    deinit {
        if !isOver { EventLoop.execute { [source] in source.leave() } }
    }
}

/// Lets one piece through for each call of `next`.
@LoopActor
final class BodySource {
    private let message: any ReadableMessage
    private var waiting: UnsafeContinuation<Result<[UInt8]?, HTTPBodyError>, Never>?
    private var isReading = false
    private var outcome: Result<[UInt8]?, HTTPBodyError>?

    init(_ message: any ReadableMessage) { self.message = message }

    func next() async throws(HTTPBodyError) -> [UInt8]? {
        if let outcome { return try outcome.get() }
        if !isReading, let reason = message.unreadable { throw reason }
        let result = await withTaskCancellationHandler {
            await EventLoop.current.suspend { continuation in
                waiting = continuation
                read()
            }
        } onCancel: {
            EventLoop.execute { self.leave() }
        }
        return try result.get()
    }

    private func read() {
        guard !isReading else { return message.resume() }
        isReading = true
        message.onEnd = { [self] in end(with: .success(nil)) }
        message.onError = { [self] error in end(with: .failure(error)) }
        message.onData = { [self] piece in
            message.pause()
            waiting?.resume(returning: .success(piece))
            waiting = nil
        }
    }

    /// The program reads no further.
    func leave() {
        guard outcome == nil else { return }
        end(with: .failure(.aborted))
        message.giveUp()
    }

    private func end(with result: Result<[UInt8]?, HTTPBodyError>) {
        guard outcome == nil else { return }
        outcome = result
        waiting?.resume(returning: result)
        waiting = nil
    }
}
