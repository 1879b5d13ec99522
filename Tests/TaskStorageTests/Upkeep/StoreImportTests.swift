import LoopTesting
import SeededRandom
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("A store that is filled by an import")
struct StoreImportTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }
    private let now = Timestamp(milliseconds: 1_767_323_045_678)

    init() throws { folder = try TemporaryFolder() }

    private func task(_ number: Int, _ title: String = "t", needs: [TaskID] = []) -> TaskRecord {
        TaskRecord(
            id: .test(number), title: title, status: .completed, dependencies: needs, project: "red",
            createdAt: Timestamp(milliseconds: 5), updatedAt: Timestamp(milliseconds: 7), revision: 0)
    }

    private func differences() throws -> [Difference] {
        try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption()).differences
    }

    @Test("The tasks are there as they were, in any order, and each is an event of a history that begins anew")
    func filled() throws {
        let former = try SQLiteStore.make(path, []).sequence
        let tasks = [task(3, needs: [.test(1), .test(9)]), task(1, needs: [.test(3)]), task(2)]
        do {
            let store = try StoreImport(path, at: now)
            for task in tasks { #expect(try store.add(task) == nil) }
            try store.finish()
        }
        let store = try SQLiteStore(path)
        let start = try store.load()
        #expect(former == 0 && start.position.sequence == 4_294_967_299)
        #expect(start.store.lastID == .test(3))
        for (number, task) in tasks.enumerated() {
            var expected = task
            expected.revision = 4_294_967_297 + number
            expected.since = Since(at: 7, by: expected.revision)
            #expect(start.store[task.id] == expected)
        }
        guard case .events(let events) = try store.history(after: 4_294_967_296, limit: 9) else {
            Issue.record("the events are gone")
            return
        }
        #expect(events.map(\.taskID) == [.test(3), .test(1), .test(2)])
        #expect(events.allSatisfy { $0.timestamp == now })
        #expect(try differences() == [])
    }

    @Test("A task keeps what it carries and what the queue knows of it, and projects keep their settings")
    func work() throws {
        var paused = ProjectSettings()
        paused.isPaused = true
        do {
            let store = try SQLiteStore(path)
            let event = TaskEvent(.project(nil, paused), sequence: 1, requestID: "r", timestamp: .start)
            guard case .kept = store.append([event], behind: try store.load().position) else { return }
            try store.close()
        }
        var random = SeededGenerator(seed: 7)
        let bodies = TaskBodies(payload: random.body(), result: random.body())
        let (first, second) = (TaskRecord(task(1), random.workState()), task(2))
        do {
            let store = try StoreImport(path, at: now)
            #expect(try store.add(first, bodies) == nil)
            #expect(try store.add(second, TaskBodies(result: bodies.result)) == nil)
            #expect(store.count == 2)
            try store.finish()
        }
        let start = try SQLiteStore(path).load()
        #expect(start.position.sequence == 4_294_967_299)
        #expect(start.store[.test(1)]?.work == first.work && start.store.bodies(of: .test(1)) == bodies)
        #expect(start.store.bodies(of: .test(2)) == TaskBodies(result: bodies.result))
        #expect(start.store.settings(of: nil) == paused)
        #expect(try differences() == [])
    }

    @Test("What is not finished is not kept, and a file that was made for it is gone", arguments: [true, false])
    func unfinished(isNew: Bool) throws {
        if !isNew { try SQLiteStore.make(path, []) }
        let before = try folder.contents()
        do {
            let store = try StoreImport(path, at: now)
            for number in 1...2_000 { _ = try store.add(task(number, String(repeating: "x", count: 400))) }
        }
        if isNew {
            #expect(try folder.contents() == before && before.isEmpty)
        } else {
            let store = try SQLiteStore(path).load().store
            #expect(store.isEmpty && store.sequence == 0)
            #expect(try folder.contents().keys.contains("tasks.db-wal") == before.keys.contains("tasks.db-wal"))
        }
    }

    @Test("An id that is there is not added again")
    func twice() throws {
        let store = try StoreImport(path, at: now)
        #expect(try store.add(task(1)) == nil)
        #expect(try store.add(task(1, "other")) == .id)
        #expect(try store.add(task(2)) == nil)
        try store.finish()
        #expect(store.count == 2)
    }

    @Test("A time still to come is kept, and counts as now in the order of the queue", arguments: TaskStatus.allCases)
    func timesToCome(status: TaskStatus) throws {
        let end = Timestamp.fourDigitYears.upperBound
        let task = TaskRecord(id: .test(1), title: "t", status: status, createdAt: end, updatedAt: end, revision: 0)
        do {
            let store = try StoreImport(path, at: now)
            #expect(try store.add(task) == nil)
            try store.finish()
        }
        let kept = try #require(try SQLiteStore(path).load().store[.test(1)])
        #expect(kept.createdAt == end && kept.updatedAt == end && kept.since.at == now.milliseconds)
    }

    @Test("A unique key is that of one task of a project which has not ended")
    func uniqueKeys() throws {
        func task(_ number: Int, _ status: TaskStatus, _ key: PlainText, in project: String? = nil) -> TaskRecord {
            var task = self.task(number)
            var work = WorkState()
            work.settings.unique = UniqueKey(key: key)
            (task.status, task.project, task.work) = (status, project, work)
            return task
        }
        let store = try StoreImport(path, at: now)
        let taken = [
            task(1, .completed, "k"), task(2, .pending, "k"), task(3, .failed, "k"), task(4, .pending, "K"),
            task(5, .inProgress, "k", in: "red"),
        ]
        for task in taken { #expect(try store.add(task) == nil) }
        #expect(try store.add(task(6, .inProgress, "k")) == .uniqueKey(.test(2)))
        #expect(try store.add(task(6, .pending, "k", in: "red")) == .uniqueKey(.test(5)))
        #expect(try store.add(task(6, .pending, "k", in: "blue")) == nil)
        #expect(store.count == 6)
    }

    @Test(
        "A store that has tasks is refused, and stays as it is; one whose tasks are all gone is not, and its events go")
    func emptyOnly() throws {
        try SQLiteStore.make(path, [.create(.test(8), try TaskFields(title: "t"))])
        let before = try folder.contents()
        #expect(throws: UpkeepError.self) { try StoreImport(path, at: now) }
        #expect(try folder.contents() == before)
        try Database(path, mayCreate: false).run(
            "DELETE FROM task; INSERT INTO event (seq, name, request_id, time, task_id) "
                + "SELECT 2, 'task.deleted', '', 0, task_id FROM event; UPDATE store SET seq = 2")
        #expect(try differences() == [])
        let name = try SQLiteStore(path).load().position.epoch
        do {
            let store = try StoreImport(path, at: now)
            _ = try store.add(task(1))
            try store.finish()
        }
        let start = try SQLiteStore(path).load()
        #expect(start.position.epoch != name && start.store.lastID == .test(8), "no id is given again")
        #expect(try differences() == [])
    }

    @Test("While a server has the file, nothing is imported")
    func locked() throws {
        let server = try SQLiteStore(path)
        #expect(throws: UpkeepError.failed("another server uses \(path): it holds \(path)-lock")) {
            try StoreImport(path, at: now)
        }
        try server.close()
    }
}

extension TaskRecord {
    /// The same task, of which the queue knows that.
    fileprivate init(_ task: TaskRecord, _ work: WorkState) {
        self = task
        self.work = work
    }
}
