/// Writes and ends that tell when they are done.
extension Socket {
    /// Sends `bytes` as ``write(_:)-(RawSpan)`` does, and calls `done` in a tick when the system has taken them, behind
    /// ``onDrain`` if that is due too. Callbacks come in the order of their writes.
    ///
    /// That the system has them does not mean that the peer does.
    /// - Parameters:
    ///   - bytes: The content.
    ///   - done: Called once. It gets an error when the bytes were not, or not all, sent: what broke the connection,
    ///     `EPIPE` behind the end, `ECANCELED` when the socket was destroyed.
    /// - Returns: as ``write(_:)-(RawSpan)``.
    @discardableResult
    public func write(_ bytes: RawSpan, _ done: @escaping (LoopError?) throws -> Void) -> Bool {
        guard isWritable else {
            let error = isDestroyed ? LoopError.cancelled("uv_write") : LoopError(.brokenPipe, call: "write after end")
            loop.nextTick { try done(error) }
            return write(bytes)
        }
        let extras = makeExtras()
        extras.add(writeEndingAt: writePosition + bytes.byteCount, done)
        state.owed.insert(.callbacks)
        let mayGoOn = write(bytes)
        // Where there was nothing to send, nothing else calls.
        if !isDestroyed { extras.callWrites(to: state.bytesTaken, on: loop) }
        return mayGoOn
    }

    /// Sends `bytes`; see ``write(_:_:)-(RawSpan,_)``.
    @discardableResult
    public func write(_ bytes: [UInt8], _ done: @escaping (LoopError?) throws -> Void) -> Bool {
        write(bytes.span.bytes, done)
    }

    /// Sends `text` as UTF-8; see ``write(_:_:)-(RawSpan,_)``.
    @discardableResult
    public func write(_ text: String, _ done: @escaping (LoopError?) throws -> Void) -> Bool {
        write(text.utf8Span.span.bytes, done)
    }

    /// Ends this side once all that was written is sent, and calls `done` when the end is sent too: Node's `finish`.
    /// See `uv_shutdown`.
    ///
    /// - Parameter done: Called once. It gets an error when it has not come to that: what broke the connection, or
    ///   `ECANCELED`; and, in a tick, `EPIPE` where the end was sent before the call.
    public func end(_ done: @escaping (LoopError?) throws -> Void) {
        if state.writableEnd == .finished || isDestroyed {
            let error = isDestroyed ? LoopError.cancelled("uv_shutdown") : LoopError(.brokenPipe, call: "end after end")
            return loop.nextTick { try done(error) }
        }
        makeExtras().add(end: done)
        state.owed.insert(.callbacks)
        endWriting()
    }

    /// Writes `bytes`, then ends this side; see ``end(_:)-((LoopError?)->Void)``.
    public func end(_ bytes: [UInt8], _ done: @escaping (LoopError?) throws -> Void) {
        write(bytes)
        end(done)
    }

    /// Writes `text`, then ends this side; see ``end(_:)-((LoopError?)->Void)``.
    public func end(_ text: String, _ done: @escaping (LoopError?) throws -> Void) {
        write(text)
        end(done)
    }

    /// Sends `bytes` after all that was written before, and waits until the system has taken them: a task that sends in
    /// a loop is held back by a peer that does not read.
    ///
    /// - Throws: as the callback of ``write(_:_:)-(RawSpan,_)`` gets it. The task's cancellation does not end the wait: the
    ///   bytes are on their way; ``destroy(_:)`` does.
    public func send(_ bytes: [UInt8]) async throws(LoopError) {
        let error: LoopError? = await loop.suspend { continuation in
            write(bytes) { continuation.resume(returning: $0) }
        }
        if let error { throw error }
    }

    /// Sends `text` as UTF-8; see ``send(_:)-([UInt8])``.
    public func send(_ text: String) async throws(LoopError) { try await send(Array(text.utf8)) }
}

extension Socket {
    func makeExtras() -> SocketExtras {
        if let extras { return extras }
        let made = SocketExtras()
        extras = made
        return made
    }

    /// Calls those that wait for the end to be sent.
    func callEnds(_ error: LoopError?) {
        for done in extras?.takeEnds() ?? [] { loop.attempt { try done(error) } }
    }

    /// The socket is destroyed, and has dropped its output: what waits is told why, in ticks, behind ``onError``.
    func letExtrasGo(_ error: LoopError?) {
        guard let extras else { return }
        extras.reader?.finish(.failure(error ?? Self.closedEarly))
        extras.idle?.cancel()
        extras.idle = nil
        extras.callWrites(to: state.bytesTaken, on: loop)
        extras.failWrites(beyond: -1, error ?? .cancelled("uv_write"), on: loop)
        for done in extras.takeEnds() { loop.nextTick { try done(error ?? .cancelled("uv_shutdown")) } }
    }

    private static let closedEarly = LoopError(
        .endOfStream, call: "uv_read", reason: "the socket was closed before the peer's end")
}
