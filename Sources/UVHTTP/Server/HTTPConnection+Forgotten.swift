import UVCore

/// An `async` handler has returned without an answer, and has left nothing that could give one: no task, timer or callback
/// holds the response. The client would wait for ever, so it is answered 500.
///
/// A plain handler that does so is not found out, unless an `async` middleware stands in front of it: as in Node, its client
/// waits.
public struct ForgottenAnswer: Error, Sendable, CustomStringConvertible {
    public var description: String {
        "the handler has returned without an answer, and nothing is left that could give one"
    }

    init() {}
}

extension HTTPConnection {
    /// An `async` handler has returned, and its answer is not ended. What it has left may end it: that is asked when its
    /// task is gone, which holds the exchange until then.
    func didReturn(from exchange: HTTPExchange) {
        // The name of the exchange, and not itself: what asks must not hold it.
        let identity = ObjectIdentifier(exchange)
        loop.setImmediate { [self] in failIfForgotten(identity) }
    }

    /// Fails the exchange if nothing but this connection holds it, and its answer is not ended.
    private func failIfForgotten(_ identity: ObjectIdentifier) {
        guard let exchange = state.onlyHeldHere(identity), !exchange.answer.isEnded else { return }
        server.handle(ForgottenAnswer(), exchange.request, exchange.response)
    }
}

extension HTTPConnection.State {
    /// The exchange that is owed and has this identity, if nothing but the connection holds it.
    fileprivate mutating func onlyHeldHere(_ identity: ObjectIdentifier) -> HTTPExchange? {
        let isInBody = exchangeInBody.map { ObjectIdentifier($0) } == identity
        // One in its body may have been answered, and is not owed then.
        guard !isInBody || owed.contains(identity) else { return nil }
        if isInBody { phase = .discarding }
        guard let (exchange, isAlone) = owed.find(identity) else { return nil }
        if isInBody { phase = .body(exchange) }
        return isAlone ? exchange : nil
    }
}
