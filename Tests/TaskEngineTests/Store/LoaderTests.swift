import SeededRandom
import Testing

@testable import TaskEngine

@Suite("A store made of a snapshot and the events behind it")
struct LoaderTests {
    /// A random history, with the snapshots that were taken of it on the way.
    private struct History {
        var ledger = TaskLedger()
        var events: [TaskEvent] = []
        /// The rows as they were behind each event of some.
        var snapshots: [(sequence: Int, rows: [TaskRecord])] = []

        init(seed: UInt64, commands: Int) throws {
            var source = CommandSource(seed: seed, size: 60)
            for step in 0..<commands {
                let decision = ledger.decide(try source.next())
                ledger.commit(decision)
                events += decision.events
                if step % 50 == 0 { snapshots.append((ledger.store.sequence, Array(ledger.store.tasks()))) }
            }
        }

        func isMade(by store: TaskStore) -> Bool {
            store.sequence == ledger.store.sequence && store.lastID == ledger.store.lastID
                && store.graph == ledger.store.graph && store.tasks().elementsEqual(ledger.store.tasks())
                && store.queue.count == ledger.store.queue.count && store.brokenInvariant == nil
        }
    }

    @Test("The rows alone make it, in any order", arguments: 1...5)
    func rows(seed: UInt64) throws {
        let history = try History(seed: seed, commands: 1_000)
        var random = SeededGenerator(seed: seed)
        for rows in [Array(history.ledger.store.tasks()), history.ledger.store.tasks().shuffled(using: &random)] {
            var loader = TaskStore.Loader()
            for row in rows { loader.add(row, at: row.revision) }
            #expect(
                history.isMade(
                    by: try loader.finish(at: history.ledger.store.sequence, lastID: history.ledger.store.lastID)))
        }
    }

    @Test(
        "Rows of several times, the events since the oldest before, between and behind them, make it", arguments: 1...20
    )
    func mixed(seed: UInt64) throws {
        let history = try History(seed: seed, commands: 1_000)
        var random = SeededGenerator(seed: seed)
        // Rows are read while events come: each is from one of several times.
        let times = (0..<3).compactMap { _ in history.snapshots.randomElement(using: &random) }
        var rows = times.flatMap(\.rows)
        rows.shuffle(using: &random)
        let oldest = times.map(\.sequence).min() ?? 0
        var events = history.events[oldest...]
        var loader = TaskStore.Loader()
        while !rows.isEmpty || !events.isEmpty {
            if !events.isEmpty, rows.isEmpty || random.once(in: 2) {
                loader.add(events.removeFirst())
            } else if let row = rows.popLast() {
                loader.add(row, at: row.revision)
            }
        }
        let store = try loader.finish(at: history.ledger.store.sequence, lastID: history.ledger.store.lastID)
        #expect(history.isMade(by: store), "seed \(seed)")
        var (one, other) = (TaskLedger(store: store), TaskLedger(store: history.ledger.store))
        var source = CommandSource(seed: seed &+ 1)
        for _ in 0..<100 {
            let command = try source.next()
            let decision = one.decide(command)
            #expect(decision == other.decide(command), "seed \(seed)")
            one.commit(decision)
            other.commit(decision)
        }
        #expect(one.store.brokenInvariant == nil)
    }

    @Test("The number of a row decides which is newer, whatever its revision is")
    func sequences() throws {
        var loader = TaskStore.Loader()
        loader.add(Self.task(title: "new"), at: 9)
        loader.add(Self.task(title: "old"), at: 8)
        loader.add(Self.task(title: "same"), at: 9)
        let store = try loader.finish(at: 9, lastID: .test(1))
        #expect(store[.test(1)]?.title == "new" && store[.test(1)]?.revision == 3)
    }

    @Test("A row at the end of the log is taken, and one behind it is refused", arguments: [(9, true), (8, false)])
    func newerThanLog(end: Int, isTaken: Bool) {
        var loader = TaskStore.Loader()
        loader.add(Self.task(title: "t"), at: 9)
        let result = Result { () throws(LoadError) in try loader.finish(at: end, lastID: .test(1)) }
        let isLoaded = (try? result.get()) != nil
        #expect(isLoaded == isTaken)
    }

    @Test("An id at the highest that was given is taken, and one above it is refused")
    func neverGiven() throws {
        var loader = TaskStore.Loader()
        loader.add(Self.task(title: "t"), at: 3)
        #expect(try loader.finish(at: 3, lastID: .test(1)).count == 1)
        #expect(throws: LoadError.idNeverGiven(.test(1))) { try loader.finish(at: 3, lastID: .test(0)) }
        #expect(throws: LoadError.idNeverGiven(.test(1))) { try loader.finish(at: 3, lastID: nil) }
    }

    private static func task(title: String) -> TaskRecord {
        TaskRecord(
            id: .test(1), title: title, createdAt: Timestamp(milliseconds: 0), updatedAt: Timestamp(milliseconds: 0),
            revision: 3)
    }
}
