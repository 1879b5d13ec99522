import Testing

@testable import TaskEngine

@Suite("What has ended is not kept for ever")
struct RetentionTests {
    /// Tasks 1 to `count`, each completed, one a second from second 1 on.
    private func queue(completed count: Int) throws -> TestQueue {
        var queue = TestQueue()
        for number in 1...count {
            try queue.add(number)
            queue.clock = Int64(number) * 1_000
            queue.work(.complete(.test(number), fence: try queue.fence(), result: nil))
        }
        return queue
    }

    private func left(_ queue: TestQueue) -> [TaskID] { queue.ledger.store.tasks().map(\.id) }

    @Test("A task goes when it has ended as long ago as that, and not a millisecond earlier")
    func age() throws {
        var queue = try queue(completed: 3)
        let retention = Retention(completed: .seconds(60))
        queue.clock = 61_999
        #expect(queue.work(.prune(retention, limit: 9)) == .swept(hasMore: false))
        #expect(left(queue) == [2, 3].map(TaskID.test))
        queue.clock = 62_000
        queue.work(.prune(retention, limit: 9))
        #expect(left(queue) == [.test(3)] && queue.causes.suffix(2) == [.retention, .retention])
        #expect(queue.ledger.store.brokenInvariant == nil)
    }

    @Test("Of more than are kept those go that ended first, so many a decision")
    func count() throws {
        var queue = try queue(completed: 7)
        let retention = Retention(count: 2)
        #expect(queue.work(.prune(retention, limit: 3)) == .swept(hasMore: true))
        #expect(left(queue) == (4...7).map(TaskID.test))
        #expect(queue.work(.prune(retention, limit: 3)) == .swept(hasMore: false))
        #expect(left(queue) == [6, 7].map(TaskID.test))
        #expect(queue.work(.prune(retention, limit: 3)) == .swept(hasMore: false))
        #expect(left(queue).count == 2)
    }

    @Test("What is decided and not kept counts: no more go than are too many")
    func inFlight() throws {
        var queue = try queue(completed: 6)
        let prune = queue.command(.work(.prune(Retention(count: 3), limit: 2)))
        let counts = (0..<3).map { _ in queue.ledger.decide(prune).events.count }
        #expect(counts == [2, 1, 0])
    }

    @Test("What failed stays also if the task that needs it is decided and not kept")
    func neededInFlight() throws {
        var queue = TestQueue()
        try queue.add(1)
        queue.work(.cancel(.test(1), reason: nil, force: false))
        var fields = try TaskFields(title: "t", needs: [.test(1)])
        try fields.set(onDependencyFailure: "hold")
        _ = queue.ledger.decide(queue.command(.create(.test(2), fields)))
        let prune = queue.command(.work(.prune(Retention(failed: .zero, count: 0), limit: 9)))
        #expect(queue.ledger.decide(prune).events.isEmpty)
    }

    @Test("Nothing that is live, that was set to its end by a client, or that nothing is said of goes")
    func kept() throws {
        var queue = TestQueue()
        for number in 1...5 { try queue.add(number) }
        try queue.patch(1) { $0.set(status: .completed) }
        _ = try queue.fence()
        try queue.patch(3) { $0.set(status: .inProgress) }
        queue.work(.cancel(.test(4), reason: nil, force: false))
        queue.clock = 1_000_000_000
        queue.work(.prune(Retention(completed: .zero), limit: 9))
        #expect(left(queue).count == 5, "of failed ones nothing is said")
        queue.work(.prune(Retention(completed: .zero, failed: .zero, count: 0), limit: 9))
        #expect(left(queue) == [1, 2, 3, 5].map(TaskID.test))
    }

    @Test("However many failed ones live tasks need, the others go", arguments: [1, 4, 5, 30])
    func manyNeeded(count: Int) throws {
        var queue = TestQueue()
        for number in 1...count {
            try queue.add(number)
            queue.work(.cancel(.test(number), reason: nil, force: false))
        }
        try queue.add(100) {
            try $0.set(dependencies: (1...count).map { TaskID.test($0) })
            try $0.set(onDependencyFailure: "hold")
        }
        for number in 101...110 {
            try queue.add(number)
            queue.work(.cancel(.test(number), reason: nil, force: false))
        }
        for retention in [Retention(failed: .zero), Retention(count: 0)] {
            while queue.work(.prune(retention, limit: 1)) == .swept(hasMore: true) {}
            #expect(left(queue).count == count + 1)
            try queue.add(101)
            queue.work(.cancel(.test(101), reason: nil, force: false))
        }
        #expect(queue.ledger.brokenInvariant == nil)
    }

    @Test("What failed stays while a task that has not ended needs it; what is completed does not")
    func needed() throws {
        var queue = TestQueue()
        for number in 1...2 { try queue.add(number) }
        try queue.add(3) {
            try $0.set(dependencies: [TaskID.test(1), TaskID.test(2)])
            try $0.set(onDependencyFailure: "hold")
        }
        queue.work(.complete(.test(1), fence: try queue.fence(), result: nil))
        queue.work(.cancel(.test(2), reason: nil, force: false))
        let retention = Retention(completed: .zero, failed: .zero, count: 0)
        queue.work(.prune(retention, limit: 9))
        #expect(left(queue) == [2, 3].map(TaskID.test))
        queue.work(.cancel(.test(3), reason: nil, force: false))
        queue.work(.prune(retention, limit: 9))
        #expect(left(queue).isEmpty || left(queue) == [.test(3)])
        queue.work(.prune(retention, limit: 9))
        #expect(left(queue).isEmpty)
    }
}
