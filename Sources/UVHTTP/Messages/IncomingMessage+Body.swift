import UVCore

extension IncomingMessage {
    /// Collects the whole body and hands it to `done`. What that throws is handled as what the handler throws.
    ///
    /// A body of more than `limit` bytes gives ``HTTPBodyError/tooLarge``; the server's own ``HTTPLimits/body`` holds anyway.
    public func collect(
        upTo limit: Int = .max, _ done: @escaping (Result<[UInt8], HTTPBodyError>) throws -> Void
    ) {
        if let reason = unreadable {
            return exchange.loop.nextTick { [exchange] in exchange.run { try done(.failure(reason)) } }
        }
        exchange.collect(by: BodyCollector(upTo: limit, done))
    }

    /// The whole body.
    ///
    /// - Parameter limit: A longer body throws ``HTTPBodyError/tooLarge``.
    public func body(upTo limit: Int = .max) async throws(HTTPBodyError) -> [UInt8] {
        try await EventLoop.current.suspend { continuation in
            collect(upTo: limit) { continuation.resume(returning: $0) }
        }.get()
    }

    /// The body piece by piece: the client is held up while no reader waits for the next one. What a loop that is left
    /// early has not read is thrown away when the answer is sent.
    public var chunks: BodyChunks { BodyChunks(of: self) }
}

extension IncomingMessage: ReadableMessage {
    /// The answer decides what becomes of the rest.
    func giveUp() {}
}
