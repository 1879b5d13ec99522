import UVCore

// The answer's half: its turn on the connection, and its end.

/// What the program wants to be told of a response. The closures usually hold the response, which holds them until it is
/// closed.
struct ResponseCallbacks {
    var drain: (() throws -> Void)?
    var finish: (() throws -> Void)?
    var close: (() throws -> Void)?
    var clientEnd: (() throws -> Void)?
    /// What begins when its turn comes.
    var turn: (() throws -> Void)?
}

extension HTTPExchange {
    /// Sets or takes back a callback of the response.
    @inline(__always)
    func setResponseCallback(_ change: (inout ResponseCallbacks) -> Void) {
        var callbacks = state.responseCallbacks.take() ?? ResponseCallbacks()
        change(&callbacks)
        state.responseCallbacks = callbacks
    }

    var answer: Answer { state.value.answer }

    /// The connection that the answer goes to; nil once it is gone, and then all that is written is dropped.
    var outlet: HTTPConnection? { state.value.answer.isOwed ? state.connection : nil }
}

// MARK: - What the connection tells it

extension HTTPExchange {
    /// All earlier answers are finished: what waits is sent, and what comes goes out at once.
    func becomeCurrent() {
        state.value.answer.becomeCurrent()
        if let onTurn = state.responseCallbacks?.turn {
            state.responseCallbacks?.turn = nil
            // In a tick: what it ends must not finish while the connection goes from one answer to the next.
            loop.nextTick { [self] in if answer.isOwed { run(onTurn) } }
        }
        guard let outlet, !state.waiting.isEmpty else { return }
        let isBelowMark = outlet.send(state.waiting.span.bytes)
        forgetWaiting()
        if isBelowMark { didDrain() }
    }

    /// A program that was told to stop may go on.
    func didDrain() {
        guard state.value.answer.drain() else { return }
        loop.nextTick { [self] in if let onDrain = state.responseCallbacks?.drain { run(onDrain) } }
    }

    /// The system has taken all of it.
    @inline(__always)
    func wasSent() {
        state.value.answer.send()
        state.responseCallbacks?.drain = nil
        state.responseCallbacks?.clientEnd = nil
    }

    /// The request that is answered hears of it.
    @inline(__always)
    func tellSubject() {
        switch state.extras?.subject {
        case nil, .request: wasAnswered()
        case .nothing: break
        case .failed(let exchange): exchange.wasAnswered()
        }
    }

    /// Calls ``ServerResponse/onFinish``, for its one call.
    func tellFinished() {
        guard let onFinish = state.responseCallbacks?.finish else { return }
        state.responseCallbacks?.finish = nil
        run(onFinish)
    }

    /// Calls ``ServerResponse/onClientEnd``, for its one call.
    func tellClientEnd() {
        guard answer.isOwed, let onClientEnd = state.responseCallbacks?.clientEnd else { return }
        state.responseCallbacks?.clientEnd = nil
        run(onClientEnd)
    }

    /// Calls ``ServerResponse/onClose`` in a tick; then nothing more will happen to it.
    func tellResponseClosed() {
        if state.responseCallbacks?.close == nil { return letGo() }
        loop.nextTick { [self] in
            if let onClose = state.responseCallbacks?.close { run(onClose) }
            state.responseCallbacks?.drain = nil
            state.responseCallbacks?.close = nil
            letGo()
        }
    }

    /// The connection is gone, or another answer takes its place: nothing more will be sent.
    func drop() {
        guard state.value.answer.drop() else { return }
        forgetWaiting()
        state.responseCallbacks?.turn = nil
        state.responseCallbacks?.drain = nil
        state.responseCallbacks?.finish = nil
        state.responseCallbacks?.clientEnd = nil
        tellResponseClosed()
    }
}
