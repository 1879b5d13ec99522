import UVCore

extension ServerResponse {
    /// Called when everything written has been taken by the system, if a ``write(_:)-([UInt8])`` has returned false.
    public var onDrain: (() throws -> Void)? {
        get { exchange.state.responseCallbacks?.drain }
        nonmutating set { exchange.setResponseCallback { $0.drain = newValue } }
    }

    /// Called when the whole response has been handed to the system, but for what fits below
    /// `Socket.highWaterMark`.
    public var onFinish: (() throws -> Void)? {
        get { exchange.state.responseCallbacks?.finish }
        nonmutating set {
            exchange.setResponseCallback { $0.finish = newValue }
            if isFinished, newValue != nil { exchange.loop.nextTick { [exchange] in exchange.tellFinished() } }
        }
    }

    /// Called last: after ``onFinish``, or without it when the connection has ended before.
    public var onClose: (() throws -> Void)? {
        get { exchange.state.responseCallbacks?.close }
        nonmutating set {
            exchange.setResponseCallback { $0.close = newValue }
            if !exchange.answer.isOwed, newValue != nil { exchange.tellResponseClosed() }
        }
    }

    /// Called when the client has ended its side of the connection and this answer is still owed, on a server that
    /// ``HTTPServer/allowsHalfOpen``. The client may wait for the answer, or have closed altogether: that shows only when
    /// something is sent. So work that is worth little and costs much is given up here, by ``destroy()``.
    public var onClientEnd: (() throws -> Void)? {
        get { exchange.state.responseCallbacks?.clientEnd }
        nonmutating set {
            exchange.setResponseCallback { $0.clientEnd = newValue }
            if newValue != nil, exchange.outlet?.peerHasEnded ?? false {
                exchange.loop.nextTick { [exchange] in exchange.tellClientEnd() }
            }
        }
    }

    /// Calls `body` when the system was given what it takes at once of what was written until now, with whether it has
    /// taken that: writing to a peer that has reset the connection breaks it.
    package func whenFlushed(_ body: @escaping (_ isTaken: Bool) -> Void) {
        let socket = exchange.outlet?.socket
        exchange.loop.setImmediate { body(socket.map { !$0.isDestroyed || $0.hasSentAll } ?? false) }
    }

    /// Whether earlier answers of the connection are not sent yet.
    package var isWaiting: Bool { exchange.answer.place == .waiting }

    /// Calls `work` when all earlier responses of the connection are finished: at once, if they are. It is dropped when the
    /// connection ends before.
    ///
    /// Work that makes an answer piece by piece belongs here: a client that pipelines gets one such answer at a time, and
    /// those behind it hold nothing yet.
    package func whenCurrent(_ work: @escaping () throws -> Void) rethrows {
        switch exchange.answer.place {
        case .waiting: exchange.setResponseCallback { $0.turn = work }
        case .current: try work()
        case .sent, .dropped: break
        }
    }
}
