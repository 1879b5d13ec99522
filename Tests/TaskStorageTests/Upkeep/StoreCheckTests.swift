import LoopTesting
import SeededRandom
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("The check of a store")
struct StoreCheckTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }

    init() throws { folder = try TemporaryFolder() }

    /// Events 1 to 8. The deletion of task 1 is event 6, which shortens tasks 2 and 3; task 4 came and went.
    private static func actions() throws -> [TaskCommand.Action] {
        [
            .create(.test(1), try TaskFields(title: "one")),
            .create(.test(2), try TaskFields(title: "two", needs: [.test(1), .test(9)])),
            .create(.test(3), try TaskFields(title: "three", needs: [.test(2), .test(1)], project: "red")),
            .update(.test(2), try TaskFields(title: "deux", priority: 5)), .delete(.test(1)),
            .create(.test(4), try TaskFields(title: "four")), .delete(.test(4)),
        ]
    }

    private func change(_ sql: String) throws { try Database(path, mayCreate: false).run(sql) }

    private func check() throws -> StoreCheck.Report {
        try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption())
    }

    @Test(
        "A store that a server has written, in one append or in many, has no difference, and every task is compared",
        arguments: [1, 2, 3, 7])
    func whole(together: Int) throws {
        try SQLiteStore.make(path, try Self.actions(), together: together)
        let report = try check()
        #expect(report.differences == [])
        #expect((report.tasks, report.events, report.untold) == (2, 1...8, 0))
    }

    @Test("A store without tasks has no difference")
    func empty() throws {
        try SQLiteStore.make(path, [])
        let report = try check()
        #expect(report.differences == [] && report.tasks == 0 && report.events == nil)
    }

    @Test("However many of the oldest events are gone, there is no difference, and what no event tells of is counted")
    func pruned() throws {
        try SQLiteStore.make(path, try Self.actions())
        var untold: [Int] = []
        for last in 1...8 {
            try change("DELETE FROM event WHERE seq <= \(last)")
            let report = try check()
            #expect(report.differences == [], "without those up to \(last)")
            untold.append(report.untold)
        }
        #expect(untold == [0, 0, 1, 2, 2, 2, 2, 2])
    }

    /// What is done to the rows of the store of ``actions()``, and what the check says of it.
    private static let changes: [(sql: String, differences: [Difference])] = {
        let (two, three) = (TaskID.test(2), TaskID.test(3))
        return [
            ("UPDATE task SET title = 'other' WHERE id = \(two.literal)", [.other(two, .title, than: 6)]),
            ("UPDATE task SET description = 'x' WHERE id = \(two.literal)", [.other(two, .description, than: 6)]),
            ("UPDATE task SET status = 'failed' WHERE id = \(two.literal)", [.other(two, .status, than: 6)]),
            ("UPDATE task SET priority = 6 WHERE id = \(two.literal)", [.other(two, .priority, than: 6)]),
            ("UPDATE task SET project = NULL WHERE id = \(three.literal)", [.other(three, .project, than: 6)]),
            ("UPDATE task SET created = 1 WHERE id = \(three.literal)", [.other(three, .createdAt, than: 6)]),
            ("UPDATE task SET updated = 1 WHERE id = \(three.literal)", [.other(three, .updatedAt, than: 6)]),
            ("UPDATE task SET revision = 5 WHERE id = \(three.literal)", [.other(three, .revision, than: 6)]),
            ("UPDATE task SET seq = 5 WHERE id = \(three.literal)", [.other(three, .sequence, than: 6)]),
            (
                "UPDATE task SET dependencies = x'' WHERE id = \(three.literal)",
                [.other(three, .dependencies, than: 6), .surplusNeed(three, needed: two)]
            ),
            ("UPDATE task SET status = 'odd' WHERE id = \(three.literal)", [.unreadableTask(three)]),
            (
                "DELETE FROM task WHERE id = \(three.literal)",
                [.surplusNeed(three, needed: two), .missingTask(three, writtenBy: 3)]
            ),
            ("DELETE FROM need WHERE task = \(three.literal)", [.missingNeed(three, needed: two)]),
            ("INSERT INTO need VALUES (\(three.literal), \(two.literal))", [.surplusNeed(two, needed: three)]),
            (
                "UPDATE task SET id = \(TaskID.test(4).literal) WHERE id = \(three.literal)",
                [
                    .deletedTask(.test(4), by: 8), .missingNeed(.test(4), needed: two),
                    .surplusNeed(three, needed: two), .missingTask(three, writtenBy: 3),
                ]
            ),
            (
                "UPDATE event SET status = 'odd' WHERE seq = 3", [.unreadableEvent(3), .untold(three)]
            ),
            (
                "DELETE FROM event WHERE seq = 4",
                [.missingEvents(from: 4, to: 4), .other(two, .title, than: 6)]
            ),
            (
                "DELETE FROM event WHERE seq > 6", [.missingEvents(from: 7, to: 8)]
            ),
            ("UPDATE store SET seq = 7", [.eventsBehindEnd(8, end: 7)]),
            ("UPDATE store SET last_id = \(three.literal)", [.idNeverGiven(.test(4))]),
            (
                "UPDATE event SET name = 'task.deleted' WHERE seq = 2",
                [.changedWithoutTask(two, by: 2), .changedWithoutTask(two, by: 4)]
            ),
            ("UPDATE event SET time = 1 WHERE seq = 3", [.otherEvent(3, .timestamp)]),
            ("UPDATE event SET time = 1 WHERE seq = 4", [.otherEvent(4, .timestamp)]),
            ("UPDATE event SET time = 1 WHERE seq = 5", [.otherEvent(5, .timestamp)]),
            ("UPDATE event SET created = 1 WHERE seq = 1", [.otherEvent(1, .timestamp)]),
            ("UPDATE event SET revision = 2 WHERE seq = 1", [.otherEvent(1, .revision)]),
            ("UPDATE event SET revision = 5 WHERE seq = 5", [.otherEvent(5, .revision)]),
            ("UPDATE event SET from_priority = 3 WHERE seq = 5", [.otherEvent(5, .priority)]),
            ("UPDATE event SET to_priority = 6 WHERE seq = 5", [.otherEvent(5, .priority)]),
            ("UPDATE event SET request_id = 'another' WHERE seq = 5", [.otherEvent(5, .requestId)]),
        ]
    }()

    @Test("What is not as the events have left it is a difference that names it", arguments: 0..<changes.count)
    func differences(number: Int) throws {
        let (sql, differences) = Self.changes[number]
        try SQLiteStore.make(path, try Self.actions())
        try change(sql)
        #expect(try check().differences == differences, "\(sql)")
    }

    @Test(
        "Of a task whose events are gone, its number and what it needs are compared",
        arguments: [
            ("seq = 8", Difference.wrongNumber(.test(3), sequence: 8)),
            ("revision = 9", .wrongNumber(.test(3), sequence: 3)),
            ("dependencies = \(TaskID.test(1).literal)", .other(.test(3), .dependencies, than: 6)),
        ])
    func untold(column: String, difference: Difference) throws {
        try SQLiteStore.make(path, try Self.actions())
        // As it was before the deletion of task 1, which is there.
        try change("DELETE FROM event WHERE seq <= 3")
        try change("UPDATE task SET seq = 3, revision = 3 WHERE id = \(TaskID.test(3).literal)")
        #expect(try check().differences == [])
        try change("UPDATE task SET \(column) WHERE id = \(TaskID.test(3).literal)")
        #expect(try check().differences.contains(difference))
    }

    @Test("Random stores have no difference, however many events are gone; a changed row is one", arguments: 1...6)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var last = 0
        let actions = try (0..<200).map { _ in try random.action(&last) }
        let store = try SQLiteStore.make(path, actions)
        #expect(try check().differences == [], "seed \(seed)")
        let task = try #require(Array(store.tasks()).randomElement(using: &random))
        let column = try #require(["title", "description", "revision", "created", "seq"].randomElement(using: &random))
        try change("CREATE TABLE kept AS SELECT id, \(column) FROM task")
        try change("UPDATE task SET \(column) = \(column) || '1' WHERE id = \(task.id.literal)")
        #expect(try check().differences.count == 1, "seed \(seed), \(column)")
        try change("UPDATE task SET \(column) = (SELECT \(column) FROM kept WHERE kept.id = task.id)")
        for _ in 0..<10 {
            try change(
                "DELETE FROM event WHERE seq <= (SELECT min(seq) FROM event) + \(Int.random(in: 0...20, using: &random))"
            )
            #expect(try check().differences == [], "seed \(seed)")
        }
    }

    @Test("A check shows the first hundred differences, and counts the others")
    func many() throws {
        try SQLiteStore.make(path, try (1...150).map { .create(.test($0), try TaskFields(title: "t")) })
        try change("UPDATE task SET title = 'u'")
        let report = try check()
        #expect(report.differences.count == 100 && report.count == 150)
    }

    @Test("A check that the operator ends has no result")
    func interrupted() throws {
        try SQLiteStore.make(path, [])
        let interruption = Interruption()
        interruption.request()
        let reader = try StoreReader(path)
        #expect(throws: UpkeepError.interrupted) { try StoreCheck.run(reader, now: .start, until: interruption) }
    }
}
