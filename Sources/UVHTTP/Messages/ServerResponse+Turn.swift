import UVCore

extension ServerResponse {
    /// Bytes that wait for its turn.
    var waitingLength: Int { waiting.count }

    /// Whether a part of it was sent, so that no other answer can take its place.
    var isOnItsWay: Bool { isCurrent && headersSent }

    /// Whether all of it was handed to the socket.
    var isWritten: Bool { isCurrent && isEnded }

    /// Whether the connection can carry nothing after it: it says so, or it fell short of what its head announces.
    var isLast: Bool { framing?.isLast ?? false || bytesToCome ?? 0 > 0 && isEnded }

    /// All earlier responses are finished: what waits is sent, and what comes goes out at once.
    func becomeCurrent() {
        isCurrent = true
        if let onCurrent {
            self.onCurrent = nil
            // In a tick: what it ends must not finish while the connection goes from one response to the next.
            EventLoop.current.nextTick { [self] in if connection != nil { run(onCurrent) } }
        }
        guard let connection, !waiting.isEmpty else { return }
        let bytes = waiting
        waiting = []
        if connection.send(bytes.span.bytes) { didDrain() }
    }

    /// Calls `work` when all earlier responses of the connection are finished: at once, if they are. It is dropped when the
    /// connection ends before.
    ///
    /// Work that makes an answer piece by piece belongs here: a client that pipelines gets one such answer at a time, and
    /// those behind it hold nothing yet.
    package func whenCurrent(_ work: @escaping () throws -> Void) rethrows {
        guard connection != nil else { return }
        if isCurrent { try work() } else { onCurrent = work }
    }

    /// A program that was told to stop may go on.
    func didDrain() {
        guard needsDrain, !isEnded, let connection else { return }
        needsDrain = false
        connection.loop.nextTick { [self] in if let onDrain { run(onDrain) } }
    }

    /// The last byte has been handed on.
    func didFinish() {
        isFinished = true
        connection = nil
        onDrain = nil
    }

    /// Calls ``onFinish``, for its one call.
    func tellFinished() {
        guard let onFinish else { return }
        self.onFinish = nil
        run(onFinish)
    }

    /// Calls ``onClose`` in a tick; then nothing more will happen to it.
    func tellClosed() {
        if onClose == nil { return request?.letGo() ?? () }
        EventLoop.current.nextTick { [self] in
            if let onClose { run(onClose) }
            // The program's closures usually hold the response, which holds them.
            (onDrain, onClose) = (nil, nil)
            request?.letGo()
        }
    }

    /// The connection is gone, or another response answers: nothing more will be sent.
    func close() {
        guard connection != nil else { return }
        (connection, waiting, onCurrent, onDrain, onFinish) = (nil, [], nil, nil, nil)
        tellClosed()
    }

    /// Runs a callback: the handler has set it, so what it throws the handler has thrown.
    private func run(_ callback: () throws -> Void) {
        do {
            try callback()
        } catch {
            guard let request else { return _ = EventLoop.current.contain("a response") { throw error } }
            request.server.handle(error, request, self)
        }
    }
}
