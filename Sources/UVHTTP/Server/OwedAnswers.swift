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

    /// Whether the exchange with this identity is one of them.
    ///
    /// - Complexity: O(n).
    func contains(_ identity: ObjectIdentifier) -> Bool {
        var link = first
        while let exchange = link, ObjectIdentifier(exchange) != identity { link = exchange.state.next }
        return link != nil
    }

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

    /// The exchange with this identity, and whether nothing but the list holds it: the list lets go of it for the time of the
    /// look.
    ///
    /// - Complexity: O(n).
    mutating func find(_ identity: ObjectIdentifier) -> (exchange: HTTPExchange, isHeldHereAlone: Bool)? {
        var previous: HTTPExchange?
        var link = first
        while let other = link, ObjectIdentifier(other) != identity { (previous, link) = (other, other.state.next) }
        link = nil
        guard var exchange = previous == nil ? first.take() : previous?.state.next.take() else { return nil }
        let isEnd = end === exchange
        if isEnd { end = nil }
        let isAlone = isKnownUniquelyReferenced(&exchange)
        if let previous { previous.state.next = exchange } else { first = exchange }
        if isEnd { end = exchange }
        return (exchange, isAlone)
    }

    /// Takes all of them out.
    mutating func takeAll() -> [HTTPExchange] {
        var all: [HTTPExchange] = []
        while let exchange = popFirst() { all.append(exchange) }
        return all
    }
}
