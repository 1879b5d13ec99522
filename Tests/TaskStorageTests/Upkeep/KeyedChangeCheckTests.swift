import LoopTesting
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("The check of the keys in a store")
struct KeyedChangeCheckTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }

    init() throws { folder = try TemporaryFolder() }

    /// Events 1 to 6: those of even numbers have keys, and are at the times 2, 4 and 6.
    private func makeStore() throws {
        let store = try SQLiteStore(path)
        var ledger = TaskLedger()
        let events = try (1...6).flatMap { number in
            let command = TaskCommand(
                .create(.test(number), try TaskFields(title: "t")), requestID: "r",
                timestamp: Timestamp(milliseconds: Int64(number)), key: number % 2 == 0 ? .test(number) : nil)
            return ledger.decide(command).events
        }
        let outcome = store.append(events, behind: try store.load().position)
        if case .kept = outcome {} else { Issue.record("\(outcome)") }
        try store.close()
    }

    private func check(at milliseconds: Int64 = 0) throws -> [Difference] {
        let now = Timestamp(milliseconds: milliseconds)
        return try StoreCheck.run(try StoreReader(path), now: now, until: Interruption()).differences
    }

    private func change(_ sql: String) throws { try Database(path, mayCreate: false).run(sql) }

    /// What is done to the rows, and what the check says of it.
    private static let changes: [(sql: String, differences: [Difference])] = [
        ("UPDATE keyed_change SET time = 5 WHERE seq = 4", [.otherKey(4)]),
        ("UPDATE keyed_change SET name = 'task.deleted' WHERE seq = 4", [.otherKey(4)]),
        ("UPDATE keyed_change SET task_id = \(TaskID.test(1).literal) WHERE seq = 4", [.otherKey(4)]),
        ("UPDATE keyed_change SET key = zeroblob(32) WHERE seq = 4", [.otherKey(4)]),
        ("UPDATE keyed_change SET key = zeroblob(31) WHERE seq = 4", [.unreadableKey(4)]),
        ("UPDATE keyed_change SET name = 'task.moved' WHERE seq = 2", [.unreadableKey(2)]),
        ("UPDATE keyed_change SET time = 'x' WHERE seq = 6", [.unreadableKey(6)]),
        ("UPDATE keyed_change SET seq = 3 WHERE seq = 4", [.surplusKey(3), .missingKey(4)]),
        ("UPDATE keyed_change SET seq = 7 WHERE seq = 6", [.missingKey(6), .surplusKey(7)]),
        ("UPDATE event SET key = NULL WHERE seq = 4", [.surplusKey(4)]),
        ("UPDATE event SET key = (SELECT key FROM event WHERE seq = 2) WHERE seq = 5", [.missingKey(5)]),
        ("UPDATE event SET status = 'odd' WHERE seq = 4", [.unreadableEvent(4), .untold(.test(4))]),
        ("DELETE FROM keyed_change WHERE seq = 4", [.missingKey(4)]),
        ("DELETE FROM keyed_change WHERE seq = 6", [.missingKey(6)]),
    ]

    @Test(
        "A row of a key that is not as its event says is a difference that names the event",
        arguments: 0..<changes.count)
    func differences(number: Int) throws {
        let (sql, differences) = Self.changes[number]
        try makeStore()
        #expect(try check() == [])
        try change(sql)
        #expect(try check() == differences, "\(sql)")
    }

    @Test("The oldest rows may be gone when they are a day old, and not before", arguments: 1...3)
    func pruned(rows: Int) throws {
        try makeStore()
        let last = Int64(2 * rows)
        try change("DELETE FROM keyed_change WHERE seq <= \(last)")
        #expect(try check(at: last + KeyedChange.lifetime + 1) == [])
        #expect(try check(at: last + KeyedChange.lifetime) == [.missingKey(Int(last))])
        #expect(try check() == (1...rows).map { .missingKey(2 * $0) }, "by the time of the last event")
    }

    @Test("Of a row whose event is gone nothing is said, unless it cannot be read")
    func untold() throws {
        try makeStore()
        try change("DELETE FROM event WHERE seq <= 4")
        #expect(try check() == [])
        try change("UPDATE keyed_change SET task_id = x'' WHERE seq = 2")
        #expect(try check() == [.unreadableKey(2)])
        try change("DELETE FROM event")
        #expect(try check() == [.unreadableKey(2)])
        try change("UPDATE keyed_change SET seq = 7 WHERE seq = 6")
        #expect(try check() == [.unreadableKey(2), .surplusKey(7)])
    }
}
