import LoopTesting
import SeededRandom
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("What the work queue knows, in rows")
struct WorkRowsTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }

    init() throws { folder = try TemporaryFolder() }

    /// Writes the events, so many in an append, and returns the fold of them.
    @discardableResult
    private func write(_ events: [TaskEvent], together: Int) throws -> TaskStore {
        let store = try SQLiteStore(path)
        var position = try store.load().position
        var fold = TaskStore()
        for first in stride(from: 0, to: events.count, by: together) {
            let batch = Array(events[first..<min(first + together, events.count)])
            guard case .kept(let end) = store.append(batch, behind: position) else {
                Issue.record("an append failed")
                break
            }
            position = end
        }
        for event in events { try fold.apply(event) }
        try store.close()
        return fold
    }

    private func check() throws -> [Difference] {
        try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption()).differences
    }

    private func change(_ sql: String) throws { try Database(path, mayCreate: false).run(sql) }

    @Test("Tasks and events are read as they were, whatever the queue has said of them", arguments: 1...8)
    func roundTrip(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let events = random.events(120)
        let fold = try write(events, together: Int.random(in: 1...30, using: &random))
        let store = try SQLiteStore(path)
        let start = try store.load()
        #expect(start.store.tasks().elementsEqual(fold.tasks()), "seed \(seed)")
        #expect(start.store.bodyBytes == fold.bodyBytes)
        #expect(fold.tasks().allSatisfy { start.store.bodies(of: $0.id) == fold.bodies(of: $0.id) }, "seed \(seed)")
        for project in [nil, "red"] as [PlainText?] {
            #expect(start.store.settings(of: project) == fold.settings(of: project), "seed \(seed)")
        }
        let history = try store.history(after: 0, limit: 1_000)
        #expect(history == .events(events), "seed \(seed)")
        try store.close()
        #expect(try check() == [], "seed \(seed)")
    }

    @Test("A plain task has no value of the queue's in its row, and a change of its fields leaves since when it waits")
    func plain() throws {
        let update = TaskCommand.Action.update(.test(1), try TaskFields(title: "u"))
        let store = try SQLiteStore.make(path, [.create(.test(1), try TaskFields(title: "t")), update])
        try SQLiteStore.make(folder.file("other.db"), [.create(.test(1), try TaskFields(title: "t"))])
        let row = try Database(folder.file("other.db"), mayCreate: false)
            .number("SELECT count(*) FROM task WHERE coalesce(since_at, since_seq, work) IS NULL")
        #expect(row == 1)
        #expect(store[.test(1)]?.since == Since(at: 0, by: 1))
        #expect(try SQLiteStore(path).load().store[.test(1)]?.since == Since(at: 0, by: 1))
    }

    @Test("A deletion that shortens a task leaves since when it waits")
    func shortened() throws {
        let actions: [TaskCommand.Action] = [
            .create(.test(1), try TaskFields(title: "t")),
            .create(.test(2), try TaskFields(title: "t", needs: [.test(1)])),
            .delete(.test(1)),
        ]
        try SQLiteStore.make(path, actions)
        let task = try #require(try SQLiteStore(path).load().store[.test(2)])
        #expect(task.revision == 3 && task.since == Since(at: 0, by: 2) && task.dependencies == [])
        #expect(try check() == [])
    }

    /// A task with a payload and a result, its neighbour without them, and two projects.
    private static let events: [TaskEvent] = {
        func event(_ change: TaskEvent.Change, _ number: Int, _ bodies: BodyChange? = nil) -> TaskEvent {
            TaskEvent(change, sequence: number, requestID: "r", timestamp: .start, bodies: bodies)
        }
        func task(_ number: Int, revision: Int) -> TaskRecord {
            TaskRecord(
                id: .test(number), title: "t", createdAt: .start, updatedAt: .start, revision: revision,
                since: Since(at: 0, by: number), work: revision == 3 ? WorkState() : nil)
        }
        var paused = ProjectSettings()
        paused.isPaused = true
        return [
            event(.created(task(1, revision: 1)), 1, BodyChange(payload: JSONBody(checked: Array("1".utf8)))),
            event(.created(task(2, revision: 2)), 2),
            event(
                .updated(task(1, revision: 3), changes: []), 3,
                BodyChange(result: JSONBody(checked: Array("[]".utf8)))),
            event(.project(nil, paused), 4), event(.project("red", ProjectSettings()), 5),
            event(.project(nil, ProjectSettings()), 6),
        ]
    }()

    @Test("Taking the last body of a task away takes its row, and so does the task's deletion")
    func takenAway() throws {
        let task = try #require(Self.events[0].task)
        func event(_ number: Int, _ bodies: BodyChange) -> TaskEvent {
            var task = task
            task.revision = number
            task.since = Since(at: 0, by: 1)
            return TaskEvent(
                .updated(task, changes: []), sequence: number, requestID: "r", timestamp: .start, bodies: bodies)
        }
        let end = TaskEvent(.deleted(.test(1)), sequence: 9, requestID: "r", timestamp: .start)
        let parts = [
            Self.events, [event(7, BodyChange(payload: .some(nil)))],
            [event(8, BodyChange(result: .some(nil)))], [end],
        ]
        var rows: [Int] = []
        for count in 1...4 {
            let path = folder.file("\(count).db")
            let store = try SQLiteStore(path)
            _ = store.append(parts[..<count].flatMap { $0 }, behind: try store.load().position)
            try store.close()
            rows.append(try Database(path, mayCreate: false).number("SELECT count(*) FROM body") ?? -1)
            #expect(try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption()).differences == [])
        }
        #expect(rows == [1, 1, 0, 0])
    }

    /// What is done to the rows of the store of ``events``, what the check says of it, and whether a start does, too.
    private static let changes: [(sql: String, differences: [Difference], startSees: Bool)] = {
        let id = TaskID.test(1)
        return [
            ("UPDATE task SET since_at = 1 WHERE id = \(id.literal)", [.other(id, .since, than: 3)], false),
            ("UPDATE task SET since_seq = 3 WHERE id = \(id.literal)", [.other(id, .since, than: 3)], false),
            ("UPDATE task SET work = NULL WHERE id = \(id.literal)", [.other(id, .work, than: 3)], false),
            ("UPDATE task SET work = x'01' WHERE id = \(id.literal)", [.unreadableTask(id)], true),
            ("UPDATE task SET since_at = 'x' WHERE id = \(id.literal)", [.unreadableTask(id)], true),
            ("UPDATE task SET since_seq = 1.5 WHERE id = \(id.literal)", [.unreadableTask(id)], true),
            ("UPDATE body SET payload = '2'", [.other(id, .payload, than: 1)], false),
            ("UPDATE body SET payload = NULL", [.other(id, .payload, than: 1)], false),
            ("UPDATE body SET result = '[1]'", [.other(id, .result, than: 3)], false),
            ("UPDATE body SET payload = ''", [.unreadableBodies(id)], true),
            ("UPDATE body SET payload = x'31'", [.unreadableBodies(id)], true),
            ("UPDATE body SET result = CAST(x'22C322' AS TEXT)", [.unreadableBodies(id)], true),
            ("DELETE FROM body", [.missingBodies(id, writtenBy: 3)], false),
            (
                "INSERT INTO body VALUES (\(TaskID.test(2).literal), '1', NULL)", [.surplusBodies(.test(2))], false
            ),
            (
                "INSERT INTO body VALUES (\(TaskID.test(7).literal), '1', NULL)", [.surplusBodies(.test(7))], true
            ),
            ("DELETE FROM project WHERE name = 'red'", [.missingProject("red", writtenBy: 5)], false),
            ("DELETE FROM project WHERE name = '~'", [.missingProject(nil, writtenBy: 6)], false),
            (
                "INSERT INTO project SELECT 'blue', settings FROM project WHERE name = 'red'",
                [.surplusProject("blue")], false
            ),
            ("UPDATE project SET settings = x'' WHERE name = 'red'", [.unreadableProject("red")], true),
            (
                "UPDATE project SET settings = (SELECT work FROM event WHERE seq = 4) WHERE name = 'red'",
                [.otherProject("red", than: 5)], false
            ),
            ("UPDATE event SET since_seq = 2 WHERE seq = 1", [.otherEvent(1, .since)], false),
            ("UPDATE event SET cause = 'claimed' WHERE seq = 3", [.otherEvent(3, .fence)], false),
            (
                "UPDATE event SET cause = 'odd' WHERE seq = 2", [.unreadableEvent(2), .untold(.test(2))], false
            ),
        ]
    }()

    @Test("What is not as the events have left it is a difference that names it", arguments: 0..<changes.count)
    func differences(number: Int) throws {
        let (sql, differences, startSees) = Self.changes[number]
        try write(Self.events, together: 4)
        #expect(try check() == [])
        try change(sql)
        #expect(try check() == differences, "\(sql)")
        let start = Result { () throws(LogError) in try SQLiteStore(path).load() }
        if case .failure = start { #expect(startSees, "\(sql)") } else { #expect(!startSees, "\(sql)") }
    }

    @Test("Of what was put there by events that are gone, that it can be read is all that is asked")
    func pruned() throws {
        try write(Self.events, together: 2)
        for last in 1...6 {
            try change("DELETE FROM event WHERE seq <= \(last)")
            #expect(try check() == [], "without those up to \(last)")
        }
        try change("UPDATE body SET result = '7'")
        try change("INSERT INTO project SELECT 'blue', settings FROM project WHERE name = 'red'")
        #expect(try check() == [])
    }
}

extension TaskEvent {
    /// The task as the event has left it.
    fileprivate var task: TaskRecord? {
        switch change {
        case .created(let task), .updated(let task, _, _): task
        default: nil
        }
    }
}

extension SeededGenerator {
    /// Events that follow one another, of tasks and projects, with all that the queue can say in them.
    fileprivate mutating func events(_ count: Int) -> [TaskEvent] {
        var tasks: [TaskRecord] = []
        var events: [TaskEvent] = []
        while events.count < count {
            let number = events.count + 1
            let time = Timestamp(milliseconds: Int64(number))
            var (cause, bodies): (TaskEvent.Cause?, BodyChange?) = (nil, once(in: 2) ? bodyChange() : nil)
            let change: TaskEvent.Change
            if tasks.isEmpty || once(in: 3) {
                let needs = (tasks.randomElement(using: &self)?.id).map { [$0] } ?? []
                var task = TaskRecord(
                    id: .test(number), title: "t", dependencies: needs, createdAt: time, updatedAt: time,
                    revision: number, since: once(in: 2) ? nil : Since(at: 1 << 50, by: number),
                    work: once(in: 2) ? workState() : nil)
                task.status = task.fence == nil ? .pending : .inProgress
                tasks.append(task)
                change = .created(task)
            } else if once(in: 6) {
                let id = tasks.remove(at: Int.random(in: tasks.indices, using: &self)).id
                for index in tasks.indices { tasks[index].dependencies.removeAll { $0 == id } }
                (change, bodies, cause) = (.deleted(id), nil, once(in: 2) ? TaskEvent.Cause(.retention) : nil)
            } else if once(in: 6) {
                (change, bodies) = (.project(once(in: 2) ? nil : "red", projectSettings()), nil)
            } else {
                let index = Int.random(in: tasks.indices, using: &self)
                tasks[index].updatedAt = time
                tasks[index].revision = number
                tasks[index].work = once(in: 4) ? nil : workState()
                if once(in: 2) { tasks[index].since = Since(at: Int64(number), by: number) }
                cause = self.cause()
                if cause?.kind == .claimed { tasks[index].claim(by: number) }
                tasks[index].status = tasks[index].fence == nil ? .pending : .inProgress
                change = .updated(tasks[index], changes: [])
            }
            events.append(
                TaskEvent(change, sequence: number, requestID: "r", timestamp: time, cause: cause, bodies: bodies))
        }
        return events
    }
}

extension TaskRecord {
    /// Gives it the lease of the event of that number.
    fileprivate mutating func claim(by number: Int) {
        var state = work ?? WorkState()
        state.lease = Lease(
            worker: "w", fence: number, length: .seconds(30), timeout: nil, claimKey: nil, since: .start)
        work = state
    }
}
