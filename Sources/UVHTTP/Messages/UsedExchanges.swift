import UVCore

/// Exchanges that are over, for later requests to use: so most requests allocate nothing, and a connection between two
/// requests holds no exchange.
///
/// Only one that nothing else holds is used again. It is asked for that when it is needed, since what has just ended it
/// still holds it. A server keeps a bounded number, and none without connections: they keep the server.
@LoopActor
struct UsedExchanges {
    /// The one that was added last. Each knows the one before it: the list allocates nothing.
    private var last: HTTPExchange?
    private var count = 0

    /// About what is under way at once; beyond it a request costs its allocations.
    private static let limit = 32

    /// Adds one that is over.
    @inline(__always)
    mutating func add(_ exchange: HTTPExchange) {
        guard count < Self.limit else { return }
        exchange.state.formerUsed = last.take()
        last = exchange
        count += 1
    }

    /// Takes out one that nothing else holds, and lets go of the others that it comes across.
    mutating func take() -> HTTPExchange? {
        while var exchange = popLast() {
            if isKnownUniquelyReferenced(&exchange) { return exchange }
        }
        return nil
    }

    @inline(never)
    private mutating func popLast() -> HTTPExchange? {
        guard let exchange = last.take() else { return nil }
        last = exchange.state.formerUsed.take()
        count -= 1
        return exchange
    }

    mutating func removeAll() { self = UsedExchanges() }
}

extension HTTPServer {
    /// An exchange that is over and has nothing left of what it was.
    func makeExchange() -> HTTPExchange {
        guard let used = state.used.take() else { return HTTPExchange(on: self) }
        used.clear()
        return used
    }

    /// Keeps an exchange that is over for a later request.
    @inline(__always)
    func keep(_ exchange: HTTPExchange) {
        if !state.connections.isEmpty { state.used.add(exchange) }
    }

    /// Lets go of what programs have given to requests that are over.
    func clearUsedExchanges() {
        var kept: [HTTPExchange] = []
        while let exchange = state.used.take() { kept.append(exchange) }
        for exchange in kept {
            exchange.clear()
            keep(exchange)
        }
    }
}
