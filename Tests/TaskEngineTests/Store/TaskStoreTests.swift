import Testing

@testable import TaskEngine

@Suite("The store")
struct TaskStoreTests {
    @Test("The queue holds the pending tasks: higher priority first, then the older")
    func queue() throws {
        var ledger = TaskLedger()
        for (number, priority) in [(1, 1), (2, 5), (3, 5), (4, 9)] {
            ledger.run(.create(.test(number), try TaskFields(title: "t", priority: priority)))
        }
        #expect(ledger.store.next?.id == .test(4))
        ledger.run(.update(.test(4), try TaskFields(status: .completed)))
        #expect(ledger.store.next?.id == .test(2))
        ledger.run(.update(.test(2), try TaskFields(status: .failed)))
        #expect(ledger.store.next?.id == .test(3))
        ledger.run(.update(.test(2), try TaskFields(status: .pending)))
        #expect(ledger.store.next?.id == .test(2), "the older again, though it entered the queue last")
        ledger.run(.update(.test(1), try TaskFields(priority: 6)))
        #expect(ledger.store.next?.id == .test(1))
        #expect(ledger.store.queue.elements.count == 3)
        #expect(ledger.store.brokenInvariant == nil)
    }

    @Test("A priority changed while a task is not pending counts when it is pending again")
    func priorityOutsideQueue() throws {
        var ledger = try filled(3)
        ledger.run(.update(.test(3), try TaskFields(status: .inProgress)))
        ledger.run(.update(.test(3), try TaskFields(priority: 100)))
        #expect(ledger.store.next?.id == .test(1))
        ledger.run(.update(.test(3), try TaskFields(status: .pending)))
        #expect(ledger.store.next?.id == .test(3))
    }

    @Test("An empty store has no next task, no page, an empty order")
    func empty() {
        let store = TaskStore()
        #expect(store.next == nil)
        #expect(store.isEmpty)
        #expect(store.page(limit: 10).tasks.isEmpty)
        #expect(store.resolveAll() == .order([]))
        #expect(store.resolve(.test(1)) == nil)
        #expect(store.lastID == nil)
    }

    @Test("A deleted task leaves the dependencies of others: their revision changes, their updatedAt does not")
    func deletion() throws {
        var ledger = try filled(3)
        ledger.run(.update(.test(3), try TaskFields(needs: [.test(1), .test(2)])), at: 10)
        let before = try #require(ledger.store[.test(3)])
        let event = try #require(ledger.run(.delete(.test(1)), at: 20).events.first)
        let after = try #require(ledger.store[.test(3)])
        #expect(after.dependencies == [.test(2)])
        #expect(after.revision == event.sequence)
        #expect(after.revision > before.revision)
        #expect(after.updatedAt == before.updatedAt)
        #expect(ledger.store[.test(1)] == nil)
        #expect(ledger.store.count == 2)
        #expect(ledger.store.brokenInvariant == nil)
    }

    @Test("A deletion copies no list of those that needed the task, whatever else holds them")
    func deletionInPlace() throws {
        var ledger = try filled(2)
        let needs = (1...100).map { TaskID.test($0) }
        let created = ledger.run(.create(.test(200), try TaskFields(title: "a", needs: needs)))
        let held = try #require(ledger.store[.test(200)])
        let place = ledger.store.graph.place(of: .test(200))
        ledger.run(.delete(.test(1)))
        #expect(ledger.store.graph.place(of: .test(200)) == place)
        #expect(ledger.store[.test(200)]?.dependencies == Array(needs.dropFirst()))
        // What was there before stays as it was.
        #expect(held.dependencies == needs && created.outcome == .created(held))
        #expect(ledger.store.tasks().first { $0.id == .test(200) } == ledger.store[.test(200)])
        // The task that has gone can be named again: it is another edge.
        ledger.run(.update(.test(200), try TaskFields(needs: needs)))
        #expect(ledger.store[.test(200)]?.dependencies == needs)
        #expect(ledger.store.graph.dependents(of: .test(1)) == [.test(200)])
        #expect(ledger.store.brokenInvariant == nil)
    }

    @Test("The last id stays known when its task is deleted")
    func lastID() throws {
        var ledger = try filled(3)
        ledger.run(.delete(.test(3)))
        #expect(ledger.store.lastID == .test(3))
    }

    @Test("A missing dependency is reported until the task is there")
    func missing() throws {
        var ledger = try filled(1)
        ledger.run(.update(.test(1), try TaskFields(needs: [.test(2)])))
        #expect(ledger.store.resolveAll() == .missing(.test(2), requiredBy: .test(1)))
        ledger.run(.create(.test(2), try TaskFields(title: "t")))
        #expect(ledger.store.resolveAll() == .order([.test(2), .test(1)]))
        #expect(ledger.store.resolve(.test(2)) == .order([.test(2)]))
        ledger.run(.update(.test(2), try TaskFields(needs: [.test(1)])))
        #expect(ledger.store.resolve(.test(2)) == .cycle([.test(2), .test(1), .test(2)]))
    }

    @Test("An event that does not follow is refused, and nothing has changed")
    func replay() throws {
        var store = try filled(2).store
        let before = store
        let task = try #require(store[.test(1)])
        func event(_ change: TaskEvent.Change, _ sequence: Int) -> TaskEvent {
            TaskEvent(change, sequence: sequence, requestID: "r", timestamp: Timestamp(milliseconds: 0))
        }
        #expect(throws: ReplayError.outOfSequence(expected: 3, found: 2)) {
            try store.apply(event(.deleted(.test(1)), 2))
        }
        #expect(throws: ReplayError.outOfSequence(expected: 3, found: 4)) {
            try store.apply(event(.deleted(.test(1)), 4))
        }
        #expect(throws: ReplayError.taskExists(.test(1), sequence: 3)) { try store.apply(event(.created(task), 3)) }
        #expect(throws: ReplayError.noSuchTask(.test(9), sequence: 3)) {
            try store.apply(event(.deleted(.test(9)), 3))
        }
        #expect(store == before)
        try store.apply(event(.deleted(.test(1)), 3))
        #expect(store.count == 1)
    }

    private func filled(_ count: Int) throws -> TaskLedger {
        var ledger = TaskLedger()
        for number in 1...count { ledger.run(.create(.test(number), try TaskFields(title: "t"))) }
        return ledger
    }
}

extension DependencyGraph {
    /// Where the list of an id lies in memory.
    fileprivate func place(of id: ID) -> UnsafePointer<ID>? {
        needs(of: id)?.given.withUnsafeBufferPointer { $0.baseAddress }
    }
}
