import SeededRandom
import Testing

@testable import TaskEngine

@Suite("Walks in the order of creation")
struct TaskWalkTests {
    @Test("Pages join to the whole list, and the last one says so", arguments: [1, 3, 7, 10, 11, 1000])
    func pages(limit: Int) throws {
        let store = try filled(10).store
        var cursor: TaskID?
        var ids: [TaskID] = []
        repeat {
            let page = store.page(after: cursor, limit: limit)
            #expect(page.tasks.count == min(limit, 10 - ids.count))
            ids += page.tasks.map(\.id)
            cursor = page.next
        } while cursor != nil
        #expect(ids == (0..<10).map(TaskID.test))
    }

    @Test("A filtered page ends where no more tasks pass, though there are more tasks")
    func filter() throws {
        var ledger = try filled(10)
        for number in [2, 5] { ledger.run(.update(.test(number), try TaskFields(project: "red"))) }
        let isRed: (TaskRecord) -> Bool = { $0.project == "red" }
        let first = ledger.store.page(limit: 1, where: isRed)
        #expect(first.tasks.map(\.id) == [.test(2)])
        #expect(first.next == .test(2))
        let second = ledger.store.page(after: first.next, limit: 1, where: isRed)
        #expect(second.tasks.map(\.id) == [.test(5)])
        #expect(second.next == nil)
    }

    @Test("A cursor need not be a task: deleted, or never there")
    func strangeCursor() throws {
        var ledger = try filled(5)
        ledger.run(.delete(.test(2)))
        #expect(ledger.store.tasks(after: .test(2)).map(\.id) == [.test(3), .test(4)])
        #expect(ledger.store.tasks(after: TaskID(high: .max, low: .max)).map(\.id) == [])
        #expect(ledger.store.tasks(after: TaskID(high: 0, low: 0)).map(\.id).first == .test(0))
    }

    @Test("A walk in steps while tasks come and go shows none twice and misses none that stayed", arguments: [1, 2, 3])
    func mutation(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var ledger = try filled(3000)
        var gone: Set<TaskID> = []
        var seen: [TaskID] = []
        var created = 3000
        var cursor: TaskID?
        while true {
            let step = ledger.store.tasks(after: cursor).prefix(Int.random(in: 1...40, using: &random)).map(\.id)
            guard let last = step.last else { break }
            #expect(gone.isDisjoint(with: step))
            seen += step
            cursor = last
            // The cursor itself is deleted now and then, as are tasks before and after it.
            for _ in 0..<15 {
                let id = random.once(in: 10) ? last : TaskID.test(Int.random(in: 0..<created, using: &random))
                if gone.insert(id).inserted { ledger.run(.delete(id)) }
            }
            if created < 3300 {
                ledger.run(.create(.test(created), try TaskFields(title: "new")))
                created += 1
            }
        }
        #expect(Set(seen).count == seen.count, "seed \(seed)")
        #expect(seen == seen.sorted(), "seed \(seed)")
        #expect(Set(seen).isSuperset(of: ledger.store.tasks().map(\.id)), "seed \(seed)")
    }

    @Test("Against the order of creation a walk is the same, turned round", arguments: [0, 1, 63, 64, 65, 1_000])
    func newestFirst(count: Int) throws {
        var ledger = try filled(count)
        for number in stride(from: 3, to: count, by: 5) { ledger.run(.delete(.test(number))) }
        let ids = ledger.store.tasks().map(\.id)
        #expect(ledger.store.tasks(.newest).map(\.id) == ids.reversed())
        // Behind each place, whether a task is there or was deleted.
        for number in -1...count {
            let cursor = number < 0 ? TaskID(high: 0, low: 0) : TaskID.test(number)
            #expect(ledger.store.tasks(.newest, after: cursor).map(\.id) == ids.filter { $0 < cursor }.reversed())
        }
    }

    private func filled(_ count: Int) throws -> TaskLedger {
        var ledger = TaskLedger()
        for number in 0..<count { ledger.run(.create(.test(number), try TaskFields(title: "t"))) }
        return ledger
    }
}
