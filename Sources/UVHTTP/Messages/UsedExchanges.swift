import UVCore

/// Exchanges that are over, for later requests to use: so most requests allocate nothing, and a connection between two
/// requests holds no exchange.
///
/// Only one that nothing else holds is used again. It is asked for that when it is needed, since what has just ended it
/// still holds it. A server keeps a bounded number, and none without connections: they keep the server.
struct UsedExchanges {
    private var exchanges: [HTTPExchange] = []

    /// About what is under way at once; beyond it a request costs its allocations.
    private static let limit = 32

    /// Adds one that is over.
    mutating func add(_ exchange: HTTPExchange) {
        if exchanges.count < Self.limit { exchanges.append(exchange) }
    }

    /// Takes out one that nothing else holds, and lets go of the others that it comes across.
    mutating func take() -> HTTPExchange? {
        while var exchange = exchanges.popLast() {
            if isKnownUniquelyReferenced(&exchange) { return exchange }
        }
        return nil
    }

    mutating func removeAll() { exchanges = [] }
}

extension HTTPServer {
    /// An exchange that is over and has nothing left of what it was.
    func makeExchange() -> HTTPExchange {
        guard let used = state.used.take() else { return HTTPExchange(on: self) }
        used.clear()
        return used
    }

    /// Keeps an exchange that is over for a later request.
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
