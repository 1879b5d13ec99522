public import UVCore

extension IncomingMessage {
    /// Collects the whole body and hands it to `done`. What that throws is handled as what the handler throws.
    ///
    /// - Parameter limit: A longer body gives ``HTTPBodyError/tooLarge``; the server's own ``HTTPLimits/body`` holds
    ///   anyway.
    public func collect(
        upTo limit: Int = .max, _ done: @escaping (Result<[UInt8], HTTPBodyError>) throws -> Void
    ) {
        if let reason = unreadable {
            return exchange.loop.nextTick { [exchange] in exchange.run { try done(.failure(reason)) } }
        }
        let collector = BodyCollector(upTo: limit, done)
        onBytes = { try collector.add($0) }
        onEnd = { try collector.end() }
        onError = { try collector.fail($0) }
    }

    /// The whole body.
    ///
    /// - Parameter limit: A longer body throws ``HTTPBodyError/tooLarge``.
    public func body(upTo limit: Int = .max) async throws(HTTPBodyError) -> [UInt8] {
        try await EventLoop.current.suspend { continuation in
            collect(upTo: limit) { continuation.resume(returning: $0) }
        }.get()
    }

    /// The body piece by piece: the client is held up while no reader waits for the next one.
    public var chunks: BodyChunks { BodyChunks(of: self) }
}

/// A message whose body a task can read piece by piece: a request to a server, or an answer to a client.
@LoopActor
protocol ReadableMessage {
    var onData: (([UInt8]) throws -> Void)? { get nonmutating set }
    var onEnd: (() throws -> Void)? { get nonmutating set }
    var onError: ((HTTPBodyError) throws -> Void)? { get nonmutating set }

    /// Why no reader can begin to read the body now; nil if one can.
    var unreadable: HTTPBodyError? { get }

    func pause()
    func resume()
}

extension IncomingMessage: ReadableMessage {}

/// Gathers a body: one object for all the callbacks that it takes.
@LoopActor
final class BodyCollector {
    private let limit: Int
    /// Nil once it was called.
    private var done: ((Result<[UInt8], HTTPBodyError>) throws -> Void)?
    /// Unchecked for exclusive access: nothing is called while it changes.
    @exclusivity(unchecked) private var body: [UInt8] = []

    init(upTo limit: Int, _ done: @escaping (Result<[UInt8], HTTPBodyError>) throws -> Void) {
        self.limit = limit
        self.done = done
    }

    func add(_ bytes: RawSpan) throws {
        guard done != nil else { return }
        guard bytes.byteCount <= limit - body.count else { return try fail(.tooLarge) }
        body.append(copying: bytes)
    }

    func end() throws { try conclude(.success(body)) }

    func fail(_ error: HTTPBodyError) throws { try conclude(.failure(error)) }

    private func conclude(_ result: Result<[UInt8], HTTPBodyError>) throws {
        guard let done else { return }
        self.done = nil
        body = []
        try done(result)
    }
}

/// A body as it arrives. Made by ``IncomingMessage/chunks`` and ``ClientResponse/chunks``; it can be walked once.
@LoopActor
public struct BodyChunks: AsyncSequence {
    private let source: BodySource

    init(of message: any ReadableMessage) { source = BodySource(message) }

    public nonisolated func makeAsyncIterator() -> Iterator { Iterator(source: source) }

    public struct Iterator: AsyncIteratorProtocol {
        let source: BodySource

        /// The next piece; nil behind the last one.
        public mutating func next() async throws(HTTPBodyError) -> [UInt8]? { try await source.next() }
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
        return try await EventLoop.current.suspend { continuation in
            waiting = continuation
            read()
        }.get()
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

    private func end(with result: Result<[UInt8]?, HTTPBodyError>) {
        outcome = result
        waiting?.resume(returning: result)
        waiting = nil
    }
}
