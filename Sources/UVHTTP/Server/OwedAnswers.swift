import UVCore

/// The answers that a connection owes, oldest first. They are linked through their exchanges: a list allocates nothing.
@LoopActor
struct OwedAnswers {
    private(set) var first: HTTPExchange?
    private(set) var last: HTTPExchange?
    private(set) var count = 0

    var isEmpty: Bool { first == nil }

    /// - Precondition: `exchange` is in no such list.
    mutating func append(_ exchange: HTTPExchange) {
        if let last { last.state.next = exchange } else { first = exchange }
        last = exchange
        count += 1
    }

    mutating func popFirst() -> HTTPExchange? {
        guard let exchange = first.take() else { return nil }
        first = exchange.state.next.take()
        if first == nil { last = nil }
        count -= 1
        return exchange
    }

    /// - Complexity: O(n).
    mutating func removeLast() {
        var others = OwedAnswers()
        while let exchange = popFirst(), count > 0 { others.append(exchange) }
        self = others
    }

    /// Takes all of them out.
    mutating func takeAll() -> [HTTPExchange] {
        var all: [HTTPExchange] = []
        while let exchange = popFirst() { all.append(exchange) }
        return all
    }
}
