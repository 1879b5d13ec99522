import Foundation
import LoopTesting
import SeededRandom
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("A file that is damaged")
struct DamageTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }

    init() throws { folder = try TemporaryFolder() }

    private static func actions() throws -> [TaskCommand.Action] {
        try (1...12).map { number in
            .create(
                .test(number),
                try TaskFields(
                    title: "title \(number)", description: "more", needs: [.test(number - 1)], project: "red"))
        }
    }

    /// What a start finds, or why it does not begin.
    private func start(_ path: String) -> Result<LogStart, LogError> {
        Result { () throws(LogError) in
            let store = try SQLiteStore(path)
            let start = try store.load()
            try? store.close()
            return start
        }
    }

    @Test(
        "A row that is no task is refused by its id, and its neighbour is taken",
        arguments: [
            ("title = CAST(x'74FF' AS TEXT)", "title = CAST(x'74C3A4' AS TEXT)"), ("title = x'74'", "title = 't'"),
            ("description = x'74'", "description = ''"), ("project = CAST(x'80' AS TEXT)", "project = NULL"),
            ("project = x'74'", "project = 'blue'"), ("status = 'Pending'", "status = 'failed'"),
            ("priority = 1000001", "priority = 1000000"), ("priority = 'x'", "priority = 1"),
            ("created = 'x'", "created = 1"),
            ("created = 8640000000000001", "created = 8640000000000000"),
            ("updated = -8640000000000001", "updated = -8640000000000000"),
            ("since_at = 9223372036854775807", "since_at = 1"),
            ("updated = 1.5", "updated = 1"), ("revision = x'01'", "revision = 1"), ("seq = 'x'", "seq = 1"),
            ("dependencies = zeroblob(15)", "dependencies = zeroblob(16)"),
            ("dependencies = zeroblob(32)", "dependencies = zeroblob(0)"),
        ])
    func rows(bad: String, good: String) throws {
        let store = try SQLiteStore.make(path, try Self.actions())
        try Database(path, mayCreate: false).run("UPDATE task SET \(good) WHERE id = \(TaskID.test(4).literal)")
        #expect(try start(path).get().store.count == store.count, "\(good)")
        try Database(path, mayCreate: false).run("UPDATE task SET \(bad) WHERE id = \(TaskID.test(4).literal)")
        #expect(throws: LogError.refused("cannot use \(path): the row of task \(TaskID.test(4)) cannot be read")) {
            try start(path).get()
        }
    }

    @Test("A row that has a lease and is not in progress is refused", arguments: TaskStatus.allCases)
    func leases(status: TaskStatus) throws {
        _ = try SQLiteStore.make(
            path, try Self.actions() + [.update(.test(4), try TaskFields(status: .inProgress))])
        var work = WorkState()
        work.lease = Lease(worker: "w", fence: 13, length: .seconds(30), timeout: nil, claimKey: nil, since: .start)
        let column = work.compact.map { String(0x100 + Int($0), radix: 16).dropFirst() }.joined()
        try Database(path, mayCreate: false).run(
            "UPDATE task SET status = '\(status.rawValue)', work = x'\(column)' WHERE id = \(TaskID.test(4).literal)")
        let found = start(path)
        if status == .inProgress {
            #expect(try found.get().store[.test(4)]?.fence == 13)
        } else {
            #expect(throws: LogError.refused("cannot use \(path): the row of task \(TaskID.test(4)) cannot be read")) {
                try found.get()
            }
        }
    }

    @Test(
        "A byte that is another anywhere is refused at the start, or found by a check, or is none of a task's",
        arguments: 1...3)
    func flips(seed: UInt64) throws {
        let store = try SQLiteStore.make(path, try Self.actions())
        let whole = try folder.read("tasks.db")
        var random = SeededGenerator(seed: seed)
        for number in 0..<40 {
            var copy = whole
            let place = try place(in: whole, &random)
            copy[place] ^= UInt8.random(in: 1...255, using: &random)
            try folder.write("\(number).db", copy)
            let name = folder.file("\(number).db")
            let differences = try? StoreCheck.run(
                try StoreReader(name), now: .start, until: Interruption()
            ).differences
            switch start(name) {
            case .failure(let error): #expect(error.message.contains(name), "seed \(seed), byte \(place)")
            case .success(let start):
                let isSame = start.store.tasks().elementsEqual(store.tasks())
                #expect(
                    isSame || differences != [], "seed \(seed), byte \(place): a task is another, and no check says so")
            }
        }
    }

    /// A byte that is used: most of a page is not.
    private func place(in bytes: Data, _ random: inout SeededGenerator) throws -> Int {
        while true {
            let place = Int.random(in: bytes.indices, using: &random)
            if bytes[place] != 0 || random.once(in: 20) { return place }
        }
    }
}
