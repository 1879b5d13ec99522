import Foundation
import LoopTesting
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("A store that is read beside its server")
struct StoreReaderTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }

    init() throws { folder = try TemporaryFolder() }

    private func tasks(of reader: StoreReader) throws -> [TaskID] {
        var found: [TaskID] = []
        while let (task, _) = try reader.nextTask() { found.append(task.id) }
        return found
    }

    @Test("A reader sees the moment in which it was opened, whatever the server writes meanwhile")
    func moment() throws {
        try SQLiteStore.make(path, try (1...3).map { .create(.test($0), try TaskFields(title: "t")) })
        let server = try SQLiteStore(path)
        let start = try server.load()
        let reader = try StoreReader(path)
        var ledger = TaskLedger(store: start.store)
        let command = TaskCommand(.delete(.test(2)), requestID: "r", timestamp: Timestamp(milliseconds: 0))
        guard case .kept = server.append(Array(ledger.decide(command).events), behind: start.position) else {
            Issue.record("the server could not write")
            return
        }
        #expect(try tasks(of: reader) == [.test(1), .test(2), .test(3)])
        #expect(try tasks(of: try StoreReader(path)) == [.test(1), .test(3)])
        let copy = folder.file("copy.db")
        try reader.copy(to: try NewFile(copy), until: Interruption()) { _, _ in }
        #expect(try tasks(of: try StoreReader(copy)) == [.test(1), .test(2), .test(3)])
    }

    @Test("A reader makes no file, and leaves those that are there as they are")
    func traceless() throws {
        #expect(throws: UpkeepError.failed("there is no file \(path)")) { try StoreReader(path) }
        try SQLiteStore.make(path, [.create(.test(1), try TaskFields(title: "t"))])
        let before = try folder.contents()
        #expect(try tasks(of: try StoreReader(path)) == [.test(1)])
        #expect(try folder.contents() == before)
    }

    @Test("By a link, too, the log of a server that has not ended is left as it is")
    func link() throws {
        let server = try SQLiteStore(path)
        defer { withExtendedLifetime(server) {} }
        try folder.write("left.db", folder.read("tasks.db"))
        try folder.write("left.db-wal", folder.read("tasks.db-wal"))
        let link = folder.file("link.db")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "left.db")
        let before = try folder.read("left.db-wal")
        #expect(try tasks(of: try StoreReader(link)) == [] && !before.isEmpty)
        #expect(try folder.read("left.db-wal") == before)
    }

    @Test("What is no store is refused")
    func others() throws {
        for (name, sql) in [("other", "CREATE TABLE mine (a)"), ("newer", "PRAGMA user_version = 99"), ("empty", "")] {
            let path = folder.file(name)
            if name == "newer" { try SQLiteStore.make(path, []) }
            try Database(path, mayCreate: true).run(sql)
            let before = try folder.contents()
            #expect(throws: UpkeepError.self, "\(name)") { try StoreReader(path) }
            #expect(try folder.contents() == before)
        }
    }

    @Test("A copy is a store with the same tasks, and goes on in a history of another name, above all numbers given")
    func copy() throws {
        let store = try SQLiteStore.make(
            path, try (1...500).map { .create(.test($0), try TaskFields(title: "t", needs: [.test($0 / 2)])) })
        let copy = folder.file("copy.db")
        try StoreReader(path).copy(to: try NewFile(copy), until: Interruption()) { _, _ in }
        #expect(Set(try folder.contents().keys) == ["tasks.db", "tasks.db-lock", "copy.db"])
        #expect(try StoreCheck.run(try StoreReader(copy), now: .start, until: Interruption()).differences == [])
        let (first, second) = (try SQLiteStore(path).load(), try SQLiteStore(copy).load())
        #expect(second.store.tasks().elementsEqual(store.tasks()) && second.store.graph == store.graph)
        #expect(first.position.epoch != second.position.epoch && second.position.sequence > 500)
    }

    @Test("A copy that goes on has no difference, with the events before it and without, and so has its own copy")
    func continued() throws {
        try SQLiteStore.make(
            path, try (1...3).map { .create(.test($0), try TaskFields(title: "t", needs: [.test($0 - 1)])) })
        var last = path
        for number in 1...2 {
            let copy = folder.file("copy\(number).db")
            try StoreReader(last).copy(to: try NewFile(copy), until: Interruption()) { _, _ in }
            last = copy
            let store = try SQLiteStore(copy)
            let start = try store.load()
            var ledger = TaskLedger(store: start.store)
            let actions: [TaskCommand.Action] = [
                .update(.test(2), try TaskFields(title: "changed \(number)")),
                .create(.test(10 + number), try TaskFields(title: "new")), .delete(.test(11)),
            ]
            let events = actions.prefix(number + 1).flatMap { action in
                let decision = ledger.decide(TaskCommand(action, requestID: "r", timestamp: .start))
                ledger.commit(decision)
                return decision.events
            }
            guard case .kept(let end) = store.append(events, behind: start.position) else {
                Issue.record("the copy cannot go on")
                return
            }
            #expect(try store.history(after: start.position.sequence, limit: 9) == .events(events))
            #expect(try store.history(after: end.sequence, limit: 9) == .events([]))
            #expect(try store.history(after: 2, limit: 9) == .gone)
            #expect(try check(copy) == [])
            while store.prune(HistoryLimits(), now: .start) {}
            #expect(try store.history(after: start.position.sequence, limit: 9) == .events(events))
            #expect(try check(copy) == [])
            try store.close()
        }
    }

    private func check(_ path: String) throws -> [Difference] {
        try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption()).differences
    }

    @Test("A copy that the operator ends leaves no file")
    func interrupted() throws {
        try SQLiteStore.make(path, [])
        let interruption = Interruption()
        interruption.request()
        let before = try folder.contents()
        #expect(throws: UpkeepError.interrupted) {
            try StoreReader(path).copy(to: try NewFile(folder.file("copy.db")), until: interruption) { _, _ in }
        }
        #expect(try folder.contents() == before)
    }
}
