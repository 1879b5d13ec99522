import DequeModule
import HTTPTypes
import UVCore

// MARK: - Reading

extension IncomingMessage {
    /// Stops reading the body; the client is held up by TCP once ``Socket/highWaterMark`` bytes wait.
    public func pause() { stream.flow = .paused }

    /// Reads on. Without ``onData`` and ``onBytes`` the body is thrown away.
    public func resume() {
        guard stream.flow != .flowing else { return }
        stream.flow = .flowing
        guard !isClosed else { return }
        // In a tick, as Node's `resume_`: a program that sets one callback must have time to set the others.
        EventLoop.current.nextTick { [self] in
            if !isComplete { stream.wasRead = true } else if stream.pieces.isEmpty { scheduleEnd() }
            flow()
        }
    }

    /// Answers 413 in place of the handler, which would find out only when it reads.
    func refuseBody() { connection?.fail(HTTPClientError(.bodyTooLarge)) }

    /// A callback for content was set. One that was paused stays so, as in Node.
    func readerChanged() {
        if hasReader, stream.flow == .undecided { resume() }
    }

    private var hasReader: Bool { onData != nil || onBytes != nil }

    /// Whether the body was read, or is being read.
    var isTaken: Bool { isRead || hasReader }

    /// Whether its end was reached.
    private var isRead: Bool { stream.end == .told || stream.end == .unheard }

    /// Passes on what waits.
    private func flow() {
        while stream.flow == .flowing, !isClosed, let piece = stream.pieces.popFirst() {
            stream.length -= piece.count
            if !isComplete { stream.wasRead = true } else if stream.pieces.isEmpty { scheduleEnd() }
            read(piece.span.bytes)
        }
        guard stream.flow == .flowing, !isClosed, stream.pieces.isEmpty else { return }
        if isComplete { return scheduleEnd() }
        stream.wasRead = true
        connection?.bodyHasReader(self)
    }

    private func read(_ bytes: RawSpan) {
        run {
            if let onBytes {
                try onBytes(bytes)
            } else if let onData {
                try onData([UInt8](copying: bytes))
            }
        }
    }

    /// ``onEnd`` was set: one that comes behind the end hears of it, too.
    func listenerCame() {
        guard onEnd != nil, stream.end == .unheard else { return }
        stream.end = .told
        EventLoop.current.nextTick { [self] in
            if let onEnd { run(onEnd) }
            if isClosed { onEnd = nil }
        }
    }

    /// The body was read whole.
    private func scheduleEnd() {
        guard stream.end == .ahead else { return }
        stream.end = .scheduled
        let loop = EventLoop.current
        loop.nextTick { [self] in
            guard !isClosed, stream.end == .scheduled else { return }
            stream.end = onEnd == nil ? .unheard : .told
            if let onEnd { run(onEnd) }
            // `destroy` in Node, whose error and whose `close` take a tick each.
            loop.nextTick { [self] in loop.nextTick { [self] in close() } }
        }
    }
}

// MARK: - What the connection tells it

extension IncomingMessage {
    /// Whether more of the body may come.
    var takesMore: Bool { stream.length < (connection?.socket.highWaterMark ?? 0) }

    /// A piece of the body has arrived.
    func deliver(_ bytes: RawSpan) {
        guard !isClosed else { return }
        if stream.flow == .flowing {
            if !hasReader { return }
            if stream.wasRead, stream.pieces.isEmpty { return read(bytes) }
        }
        stream.pieces.append([UInt8](copying: bytes))
        stream.length += bytes.byteCount
    }

    func append(_ trailer: Trailer) {
        guard let name = HTTPField.Name(trailer.name) else { return }
        trailers.append(HTTPField(name: name, value: String(decoding: trailer.value, as: UTF8.self)))
    }

    /// The last byte has arrived.
    func complete() {
        isComplete = true
        if stream.wasRead { return flow() }
        // A request that nothing is to be told of needs no tick.
        if hasCallbacks || stream.flow == .flowing { EventLoop.current.nextTick { [self] in flow() } }
    }

    /// The answer was sent: a body that has no reader is thrown away.
    func wasAnswered() {
        guard !isClosed, stream.end == .ahead, !stream.wasRead || stream.flow == .paused else { return letGo() }
        // One that has paused gets nothing of what is thrown away.
        if stream.flow == .paused { (onData, onBytes) = (nil, nil) }
        if !hasReader { (stream.pieces, stream.length) = ([], 0) }
        if isComplete, !hasCallbacks { return close() }
        if stream.flow == .paused { stream.flow = .undecided }
        resume()
    }

    /// The connection is gone, or the request was given up.
    func abort(_ error: HTTPBodyError) {
        // One that was read whole closes by itself.
        guard !isClosed, !isRead else { return }
        failure = error
        (isClosed, connection, stream.pieces) = (true, nil, [])
        if let onAborted { run(onAborted) }
        guard hasCallbacks else { return letGo() }
        let loop = EventLoop.current
        loop.nextTick { [self] in
            loop.nextTick { [self] in
                if let onError { run { try onError(error) } }
                tellClosed()
            }
        }
    }

    /// Nothing more will happen to it.
    private func close() {
        guard !isClosed else { return }
        (isClosed, connection) = (true, nil)
        tellClosed()
    }

    func tellClosed() {
        if let onClose { run(onClose) }
        // The program's closures usually hold the request, which holds them.
        (onData, onBytes, onEnd, onAborted, onError, onClose) = (nil, nil, nil, nil, nil, nil)
        letGo()
    }

    /// Request and response hold each other until both are done with.
    func letGo() {
        if isClosed, response?.connection == nil { response = nil }
    }

    private var hasCallbacks: Bool {
        onClose != nil || onEnd != nil || onBytes != nil || onData != nil || onError != nil || onAborted != nil
    }

    /// Runs a callback: the handler has set it, so what it throws the handler has thrown.
    func run(_ callback: () throws -> Void) {
        do {
            try callback()
        } catch {
            server.handle(error, self, response ?? ServerResponse(over: self))
        }
    }
}
