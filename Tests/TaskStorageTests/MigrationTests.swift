import Foundation
import LoopTesting
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("A file of an older version")
struct MigrationTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }

    init() throws { folder = try TemporaryFolder() }

    /// Makes the file that version 2 has made: see the first line of it.
    private func makeVersionTwo() throws {
        let fixture = URL(filePath: #filePath).appending(path: "../../Fixtures/store-version-2.sql")
        let database = try Database(path, mayCreate: true)
        try database.run("PRAGMA journal_mode = WAL")
        try database.run(try String(contentsOf: fixture.standardizedFileURL, encoding: .utf8))
    }

    private func withStore<Value>(_ body: (SQLiteStore, LogStart) throws -> Value) throws -> Value {
        let store = try SQLiteStore(path)
        let value = try body(store, try store.load())
        try store.close()
        return value
    }

    @Test("A start keeps all that it has: tasks, events, keys, the name of the history and the highest id")
    func kept() throws {
        try makeVersionTwo()
        try withStore { store, start in
            #expect(
                start.store.tasks().map(\.title) == [
                    "pending, moved", "in progress", "completed", "failed", "needs what is deleted",
                ])
            #expect(
                start.store.tasks().map(\.status) == [.pending, .inProgress, .completed, .failed, .pending])
            #expect(start.store.tasks().map(\.priority) == [5, 7, 1, 1, 1])
            #expect(start.store.tasks().map(\.dependencies.count) == [0, 0, 0, 2, 1])
            #expect(start.store.lastID == start.store.tasks(.newest).map(\.id).first)
            #expect(start.position.epoch == LogEpoch(number: 7_858_115_818_718_389_353))
            #expect(start.position.sequence == 12 && start.position.append == 11)
            let second = start.store.tasks().map(\.id)[1]
            let keyed = try KeyedChangeTable(try Database(path, mayCreate: false)).changes().0
            #expect(start.keyed.count == 2 && keyed.count == 2)
            guard case .events(let events) = try store.history(after: 0, limit: 100) else {
                Issue.record("the events are gone")
                return
            }
            #expect(events.map(\.sequence) == Array(1...12))
            #expect(events.filter { $0.key != nil }.map(\.taskID) == [second, second])
            #expect(events.allSatisfy { $0.cause == nil && $0.bodies == nil })
        }
    }

    @Test("Its tasks are plain, and wait since they were created: none of them before the other by an event")
    func plain() throws {
        try makeVersionTwo()
        try withStore { _, start in
            for task in start.store.tasks() {
                #expect(task.work == nil && task.since == Since(at: task.createdAt.milliseconds, by: 0))
            }
        }
        #expect(try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption()).differences == [])
    }

    @Test("It goes on as a file of this version, and what follows is compared with what was there")
    func goesOn() throws {
        try makeVersionTwo()
        let ids = try withStore { store, start in
            let ids = start.store.tasks().map(\.id)
            var ledger = TaskLedger(store: start.store, keyed: start.keyed)
            let actions: [TaskCommand.Action] = [
                .update(ids[0], try TaskFields(title: "u")), .delete(ids[1]),
                .update(ids[3], try TaskFields(status: .pending)),
            ]
            let events = actions.flatMap {
                ledger.decide(TaskCommand($0, requestID: "r", timestamp: .start)).events
            }
            guard case .kept = store.append(events, behind: start.position) else {
                Issue.record("an append failed")
                return ids
            }
            return ids
        }
        #expect(try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption()).differences == [])
        try withStore { _, start in
            #expect(start.store[ids[0]]?.since.by == 0, "another title is no other state")
            #expect(start.store[ids[4]]?.since.by == 0 && start.store[ids[4]]?.dependencies == [])
        }
    }

    @Test("What was brought to this version is of one that an older program refuses")
    func refused() throws {
        try makeVersionTwo()
        #expect(try Database(path, mayCreate: false).number("PRAGMA user_version") == 2)
        try withStore { _, _ in }
        #expect(try Database(path, mayCreate: false).number("PRAGMA user_version") == SQLiteSchema.version)
        // As this one refuses the next.
        try Database(path, mayCreate: false).run("PRAGMA user_version = \(SQLiteSchema.version + 1)")
        let before = try folder.contents()
        let error = #expect(throws: LogError.self) { try SQLiteStore(path) }
        #expect(error?.message.contains("its version is \(SQLiteSchema.version + 1)") == true)
        #expect(try folder.contents() == before)
    }
}
