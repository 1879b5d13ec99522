import UVCore

extension ClientResponse: ReadableMessage {
    /// Why no reader can begin to read the body now; nil if one can.
    var unreadable: HTTPBodyError? {
        if body.isRead || listeners.contains(.content) { return .alreadyRead }
        if case .cut(let error) = body.life { return error }
        return isClosed ? .aborted : nil
    }

    /// Collects the whole body and hands it to `done`.
    ///
    /// Of a body of more than `limit` bytes, ``HTTPLimits/body`` if it is left out, `done` gets ``HTTPBodyError/tooLarge``,
    /// and the answer is given up.
    public func collect(
        upTo limit: Int? = nil, _ done: @escaping (Result<[UInt8], HTTPBodyError>) throws -> Void
    ) {
        if let reason = unreadable { return loop.nextTick { try done(.failure(reason)) } }
        let collector = BodyCollector(upTo: limit ?? client.options.limits.body) { [self] result in
            // The rest is not waited for.
            if case .failure(.tooLarge) = result { destroy() }
            try done(result)
        }
        collect(by: collector)
    }

    /// The whole body.
    ///
    /// - Parameter limit: Of a longer body it throws ``HTTPBodyError/tooLarge``, and the answer is given up. As long as
    ///   ``HTTPLimits/body`` if it is left out.
    /// - Throws: ``HTTPBodyError/aborted`` if the task is cancelled, which gives the answer up.
    public func body(upTo limit: Int? = nil) async throws(HTTPBodyError) -> [UInt8] {
        let result = await withTaskCancellationHandler {
            await loop.suspend { continuation in collect(upTo: limit) { continuation.resume(returning: $0) } }
        } onCancel: {
            EventLoop.execute { self.destroy() }
        }
        return try result.get()
    }

    /// The body piece by piece: the server is held up while no reader waits for the next one. A loop that is left before
    /// the end gives the answer up, as ``destroy()`` does, and so does a task that is cancelled while it waits.
    public var chunks: BodyChunks { BodyChunks(of: self) }

    func giveUp() { destroy() }
}

extension HTTPBodyError {
    /// Why a body breaks off that an answer has begun.
    init(_ failure: HTTPClient.Failure) {
        switch failure {
        case .invalidAnswer(let answer): self = .failed(HTTPClientError(answer.error))
        case .timedOut:
            self = .failed(HTTPClientError(status: 408, code: failure.code, message: failure.description))
        default: self = .aborted
        }
    }
}
