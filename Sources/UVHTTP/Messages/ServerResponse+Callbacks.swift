import UVCore

extension ServerResponse {
    /// Called when everything written has been taken by the system, if a ``write(_:)-([UInt8])`` has returned false.
    public var onDrain: (() throws -> Void)? {
        get { hot.callbacks.drain }
        set { hot.callbacks.drain = newValue }
    }

    /// Called when the whole response has been handed to the system, but for what fits below
    /// ``Socket/highWaterMark``.
    public var onFinish: (() throws -> Void)? {
        get { hot.callbacks.finish }
        set {
            hot.callbacks.finish = newValue
            if isFinished, newValue != nil { exchange.server.loop.nextTick { [self] in tellFinished() } }
        }
    }

    /// Called last: after ``onFinish``, or without it when the connection has ended before.
    public var onClose: (() throws -> Void)? {
        get { hot.callbacks.close }
        set {
            hot.callbacks.close = newValue
            if !answer.isOwed, newValue != nil { tellClosed() }
        }
    }
}

extension ServerResponse {
    /// Called when the client has ended its side of the connection and this answer is still owed, on a server that
    /// ``HTTPServer/allowsHalfOpen``. The client may wait for the answer, or have closed altogether: that shows only when
    /// something is sent. So work that is worth little and costs much is given up here, by ``destroy()``.
    public var onClientEnd: (() throws -> Void)? {
        get { hot.callbacks.clientEnd }
        set {
            hot.callbacks.clientEnd = newValue
            if newValue != nil, connection?.peerHasEnded ?? false {
                exchange.server.loop.nextTick { [self] in tellClientEnd() }
            }
        }
    }
}

// MARK: - What the connection tells it

extension ServerResponse {
    /// All earlier responses are finished: what waits is sent, and what comes goes out at once.
    func becomeCurrent() {
        exchange.state.value.answer.becomeCurrent()
        if let onTurn = hot.callbacks.turn {
            hot.callbacks.turn = nil
            // In a tick: what it ends must not finish while the connection goes from one response to the next.
            exchange.server.loop.nextTick { [self] in if answer.isOwed { run(onTurn) } }
        }
        guard let connection, !hot.waiting.isEmpty else { return }
        let bytes = hot.waiting
        hot.waiting = []
        if connection.send(bytes.span.bytes) { didDrain() }
    }

    /// Calls `work` when all earlier responses of the connection are finished: at once, if they are. It is dropped when the
    /// connection ends before.
    ///
    /// Work that makes an answer piece by piece belongs here: a client that pipelines gets one such answer at a time, and
    /// those behind it hold nothing yet.
    package func whenCurrent(_ work: @escaping () throws -> Void) rethrows {
        switch answer.place {
        case .waiting: hot.callbacks.turn = work
        case .current: try work()
        case .sent, .dropped: break
        }
    }

    /// A program that was told to stop may go on.
    func didDrain() {
        guard exchange.state.value.answer.drain() else { return }
        exchange.server.loop.nextTick { [self] in if let onDrain { run(onDrain) } }
    }

    /// The system has taken all of it.
    func wasSent() {
        exchange.state.value.answer.send()
        (hot.callbacks.drain, hot.callbacks.clientEnd) = (nil, nil)
    }

    /// Calls ``onFinish``, for its one call.
    func tellFinished() {
        guard let onFinish else { return }
        hot.callbacks.finish = nil
        run(onFinish)
    }

    /// Calls ``onClientEnd``, for its one call.
    func tellClientEnd() {
        guard answer.isOwed, let onClientEnd else { return }
        hot.callbacks.clientEnd = nil
        run(onClientEnd)
    }

    /// Calls ``onClose`` in a tick; then nothing more will happen to it.
    func tellClosed() {
        if onClose == nil { return letGo() }
        exchange.server.loop.nextTick { [self] in
            if let onClose { run(onClose) }
            (hot.callbacks.drain, hot.callbacks.close) = (nil, nil)
            letGo()
        }
    }

    private func letGo() {
        exchange.letGo()
        request?.letGo()
    }

    /// The connection is gone, or another response answers: nothing more will be sent.
    func close() {
        guard exchange.state.value.answer.drop() else { return }
        hot.waiting = []
        (hot.callbacks.turn, hot.callbacks.drain, hot.callbacks.finish) = (nil, nil, nil)
        hot.callbacks.clientEnd = nil
        tellClosed()
    }

    /// Runs a callback: the handler has set it, so what it throws the handler has thrown.
    private func run(_ callback: () throws -> Void) {
        do {
            try callback()
        } catch {
            guard let request else { return _ = exchange.server.loop.contain("a response") { throw error } }
            exchange.server.handle(error, request, self)
        }
    }
}
