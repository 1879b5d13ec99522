import Testing

@testable import UVHTTP

@Suite("ConnectionPool: who gets which connection")
struct ConnectionPoolTests {
    private final class Item {}
    private typealias Pool = ConnectionPool<String, Item, Item>

    private enum Kind: Equatable {
        case use, open, wait, carry, idle, close
    }

    /// A grant as what can be compared, and the connection that it is about.
    private func ask(_ pool: inout Pool, _ origin: String, for waiter: Item = Item()) -> (Kind, Item?) {
        switch pool.ask(origin, for: waiter) {
        case .use(let connection): (.use, connection)
        case .open(let closing): (.open, closing)
        case .wait: (.wait, nil)
        }
    }

    private func giveBack(_ pool: inout Pool, _ connection: Item, _ origin: String) -> (Kind, Item?) {
        switch pool.giveBack(connection, of: origin) {
        case .carry(let waiter): (.carry, waiter)
        case .idle: (.idle, nil)
        case .close: (.close, nil)
        }
    }

    @Test("The connection that became idle last is used first")
    func mostRecentFirst() {
        var pool = Pool(mostOfOrigin: 2, mostInAll: 2)
        let (one, two) = (Item(), Item())
        expect(ask(&pool, "a"), (.open, nil))
        expect(ask(&pool, "a"), (.open, nil))
        expect(giveBack(&pool, one, "a"), (.idle, nil))
        expect(giveBack(&pool, two, "a"), (.idle, nil))
        expect(ask(&pool, "a"), (.use, two))
        expect(ask(&pool, "a"), (.use, one))
    }

    @Test("At the limit of an origin requests wait, and are served in the order in which they came")
    func firstInFirstOut() {
        var pool = Pool(mostOfOrigin: 1, mostInAll: 9)
        let (connection, one, two) = (Item(), Item(), Item())
        expect(ask(&pool, "a"), (.open, nil))
        expect(ask(&pool, "a", for: one), (.wait, nil))
        expect(ask(&pool, "a", for: two), (.wait, nil))
        expect(ask(&pool, "b"), (.open, nil))
        expect(giveBack(&pool, connection, "a"), (.carry, one))
        let next = pool.lose(connection, of: "a")
        #expect(next?.waiter === two)
        #expect(pool.waitingCount == 0 && pool.count == 2)
    }

    @Test("At the limit of all an idle connection of another origin goes, and one that is busy when it is given back")
    func otherOrigin() {
        var pool = Pool(mostOfOrigin: 2, mostInAll: 2)
        let (idle, busy, late) = (Item(), Item(), Item())
        expect(ask(&pool, "a"), (.open, nil))
        expect(ask(&pool, "a"), (.open, nil))
        expect(giveBack(&pool, idle, "a"), (.idle, nil))
        expect(ask(&pool, "b"), (.open, idle))
        expect(ask(&pool, "c", for: late), (.wait, nil))
        expect(giveBack(&pool, busy, "a"), (.close, nil))
        let next = pool.lose(busy, of: "a")
        #expect(next?.waiter === late)
        #expect(pool.count == 2)
    }

    @Test("A request that leaves the line is not served, and nothing of its origin is kept")
    func leaving() {
        var pool = Pool(mostOfOrigin: 1, mostInAll: 1)
        let (connection, waiter) = (Item(), Item())
        expect(ask(&pool, "a"), (.open, nil))
        expect(ask(&pool, "a", for: waiter), (.wait, nil))
        let (first, second) = (pool.leave("a", waiter), pool.leave("a", waiter))
        #expect(first && !second)
        let next = pool.lose(connection, of: "a")
        #expect(next?.waiter === nil && pool.count == 0)
    }
}

private func expect<Kind: Equatable, Item: AnyObject>(
    _ one: (Kind, Item?), _ other: (Kind, Item?), at location: SourceLocation = #_sourceLocation
) {
    #expect(one.0 == other.0 && one.1 === other.1, sourceLocation: location)
}
