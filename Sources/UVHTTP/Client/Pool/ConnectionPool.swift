import DequeModule

/// Which connections to which origins there are, which of them are idle, and what waits for one: a pure value.
///
/// ```
/// ask ──► use: the one that became idle last           give back ──► to what has waited longest, or idle
///    ├──► open: there is room, or an idle one goes     lost ───────► what has waited longest may open one
///    └──► wait: behind all others
/// ```
///
/// A number of connections is allowed to each origin and to all together; one that is being opened counts. What waits is
/// served in the order in which it came, passed over only while its own origin is full. A request that is sent once more
/// does not ask: the new connection has the place of the lost one.
struct ConnectionPool<Origin: Hashable, Connection: AnyObject, Waiter: AnyObject> {
    /// What becomes of a request for a connection.
    enum Grant {
        case use(Connection)
        /// A place for a new connection is taken; an idle one of another origin may have to go for it.
        case open(closing: Connection?)
        case wait
    }

    private struct Place {
        /// The connections that are open or being opened.
        var count = 0
        /// Those that carry nothing, the one that became idle last at the end.
        var idle: [Connection] = []
        var waiting: Deque<(ticket: Int, waiter: Waiter)> = []

        var isEmpty: Bool { count == 0 && waiting.isEmpty }
    }

    private let mostOfOrigin: Int
    private let mostInAll: Int
    private var places: [Origin: Place] = [:]
    private var nextTicket = 0
    private(set) var count = 0

    /// - Precondition: both are above zero.
    init(mostOfOrigin: Int, mostInAll: Int) {
        (self.mostOfOrigin, self.mostInAll) = (mostOfOrigin, mostInAll)
    }

    /// The connections that carry nothing.
    ///
    /// - Complexity: O(origins and idle connections).
    var idle: [Connection] { places.values.flatMap(\.idle) }

    var waitingCount: Int { places.values.reduce(0) { $0 + $1.waiting.count } }

    // MARK: - Asking

    /// A connection for `waiter`, or its place behind the others.
    ///
    /// - Complexity: O(1); O(origins) when all places are taken.
    mutating func ask(_ origin: Origin, for waiter: Waiter) -> Grant {
        if let connection = places[origin]?.idle.popLast() { return .use(connection) }
        if hasRoom(for: origin) {
            open(origin)
            return .open(closing: nil)
        }
        if (places[origin]?.count ?? 0) < mostOfOrigin, let closing = takeIdle() {
            open(origin)
            return .open(closing: closing)
        }
        nextTicket += 1
        places[origin, default: Place()].waiting.append((nextTicket, waiter))
        return .wait
    }

    /// The waiter does not wait any more. False if it did not.
    ///
    /// - Complexity: O(what waits for the origin).
    mutating func leave(_ origin: Origin, _ waiter: Waiter) -> Bool {
        guard let index = places[origin]?.waiting.firstIndex(where: { $0.waiter === waiter }) else { return false }
        places[origin]?.waiting.remove(at: index)
        forgetIfEmpty(origin)
        return true
    }

    // MARK: - Giving back

    /// What becomes of a connection that carries nothing any more.
    enum Use {
        case carry(Waiter)
        case idle
        /// It goes, for another origin has waited longer and all places are taken: ``lose(_:of:)`` follows.
        case close
    }

    /// A connection carries nothing any more.
    ///
    /// - Complexity: O(1); O(origins) when all places are taken.
    mutating func giveBack(_ connection: Connection, of origin: Origin) -> Use {
        if count >= mostInAll, let other = oldest, isBefore(other, origin) { return .close }
        if let next = places[origin]?.waiting.popFirst() { return .carry(next.waiter) }
        places[origin]?.idle.append(connection)
        return .idle
    }

    /// A connection is gone, or could not be opened. Returns what may open one in its place, which is counted.
    ///
    /// - Complexity: O(idle connections of the origin); O(origins) when something waits.
    mutating func lose(_ connection: Connection, of origin: Origin) -> (origin: Origin, waiter: Waiter)? {
        release(connection, origin)
        forgetIfEmpty(origin)
        guard count < mostInAll, let next = oldest, let waiter = places[next]?.waiting.popFirst()?.waiter else {
            return nil
        }
        open(next)
        return (next, waiter)
    }

    /// The origin with the oldest waiter, of those that have room of their own.
    private var oldest: Origin? {
        places.filter { $0.value.count < mostOfOrigin && !$0.value.waiting.isEmpty }.min { isBefore($0.key, $1.key) }?
            .key
    }

    /// Whether the first waiter of `one` came before that of `other`.
    private func isBefore(_ one: Origin, _ other: Origin) -> Bool {
        (places[one]?.waiting.first?.ticket ?? .max) < (places[other]?.waiting.first?.ticket ?? .max)
    }

    // MARK: - Counting

    private func hasRoom(for origin: Origin) -> Bool {
        count < mostInAll && (places[origin]?.count ?? 0) < mostOfOrigin
    }

    private mutating func open(_ origin: Origin) {
        places[origin, default: Place()].count += 1
        count += 1
    }

    private mutating func release(_ connection: Connection, _ origin: Origin) {
        guard places[origin] != nil else { return }
        places[origin]?.idle.removeAll { $0 === connection }
        places[origin]?.count -= 1
        count -= 1
    }

    /// An idle connection that goes for a new one to another origin.
    private mutating func takeIdle() -> Connection? {
        guard let owner = places.first(where: { !$0.value.idle.isEmpty })?.key,
            let connection = places[owner]?.idle.first
        else { return nil }
        release(connection, owner)
        forgetIfEmpty(owner)
        return connection
    }

    private mutating func forgetIfEmpty(_ origin: Origin) {
        if places[origin]?.isEmpty == true { places[origin] = nil }
    }
}
