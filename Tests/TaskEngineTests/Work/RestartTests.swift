import Testing

@testable import TaskEngine

@Suite("A ledger begins anew with the store that it had")
struct RestartTests {
    @Test(
        "Under a clock set back, what comes goes behind what is there: nothing of it has waited since an earlier time",
        arguments: [false, true])
    func clockSetBack(isDeleted: Bool) throws {
        var queue = TestQueue()
        queue.clock = 10_000
        try queue.add(1)
        queue.clock = 20_000
        try queue.add(2)
        queue.clock = 30_000
        try queue.add(3)
        // What is gone is in no line, so its time binds none of those that come.
        if isDeleted { queue.run(.delete(.test(3))) }
        let latest: Int64 = isDeleted ? 20_000 : 30_000

        queue.ledger = TaskLedger(store: queue.ledger.store)
        queue.clock = 5_000
        try queue.add(4)
        try queue.add(5) { try $0.set(delay: 1) }
        queue.clock = 7_000
        try queue.wake(5)
        try queue.add(6)
        #expect(try queue.task(4).createdAt.milliseconds == 5_000)
        for number in 4...6 { #expect(try queue.task(number).since.at == latest) }

        let line = (isDeleted ? [1, 2, 4, 5, 6] : [1, 2, 3, 4, 5, 6]).map(TaskID.test)
        #expect(queue.claim(Claim(worker: "w", limit: 10)).map(\.id) == line)
        #expect(queue.ledger.brokenInvariant == nil)
    }

    @Test("Each task is shown once, in the order of their creation")
    func walk() throws {
        var queue = TestQueue()
        for number in [3, 1, 2] { try queue.add(number) }
        var seen: [TaskID] = []
        _ = TaskLedger(store: queue.ledger.store) { seen.append($0.id) }
        #expect(seen == [.test(1), .test(2), .test(3)])
    }
}
