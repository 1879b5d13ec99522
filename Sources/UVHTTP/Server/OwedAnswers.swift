import UVCore

/// The answers that a connection owes, oldest first. They are linked through their exchanges: a list allocates nothing.
@LoopActor
struct OwedAnswers {
    private(set) var first: HTTPExchange?
    /// The last one; nil while it is the first, which is most of the time.
    private var end: HTTPExchange?
    private(set) var count = 0

    var last: HTTPExchange? { end ?? first }

    var isEmpty: Bool { first == nil }

    /// Whether it is the oldest one.
    @inline(__always)
    func isFirst(_ exchange: HTTPExchange) -> Bool { first === exchange }

    /// - Precondition: `exchange` is in no such list.
    @inline(__always)
    mutating func append(_ exchange: HTTPExchange) {
        count += 1
        guard let last else { return first = exchange }
        last.state.next = exchange
        end = exchange
    }

    @inline(__always)
    mutating func popFirst() -> HTTPExchange? {
        guard let exchange = first.take() else { return nil }
        first = exchange.state.next.take()
        if end === first { end = nil }
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
