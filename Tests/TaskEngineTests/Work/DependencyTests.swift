import Testing

@testable import TaskEngine

@Suite("What an end means to those that need the task")
struct DependencyTests {
    /// Task 1, and behind it one of each policy: 2 cancel, 3 hold, 4 ignore.
    private func queue() throws -> TestQueue {
        var queue = TestQueue()
        try queue.add(1)
        for (number, policy) in [(2, "cancel"), (3, "hold"), (4, "ignore")] {
            try queue.add(number) {
                try $0.set(dependencies: [TaskID.test(1)])
                try $0.set(onDependencyFailure: policy)
            }
        }
        return queue
    }

    private func settle(_ queue: inout TestQueue, limit: Int = 500) -> Bool {
        queue.work(.settle(limit: limit)) == .swept(hasMore: true)
    }

    @Test(
        "A failure cancels, holds or frees, as the policy says; a cancellation does the same", arguments: [true, false])
    func policies(isCancelled: Bool) throws {
        var queue = try queue()
        if isCancelled {
            queue.work(.cancel(.test(1), reason: nil, force: false))
        } else {
            let failure = WorkFailure(WorkError(message: "no"), isRetryable: false)
            queue.work(.fail(.test(1), fence: try queue.fence(), failure))
        }
        #expect(!queue.ledger.store.isSettled && !settle(&queue) && queue.ledger.store.isSettled)
        #expect(try (2...4).map { try queue.state($0) } == [.cancelled, .waiting, .ready])
        #expect(try queue.workState(2).cancellation == Cancellation(reason: "DEPENDENCY_FAILED", by: .test(1)))
        #expect(
            queue.log.suffix(2).map(\.cause) == [
                TaskEvent.Cause(.cancelled, by: .test(1)), TaskEvent.Cause(.ready, by: .test(1)),
            ])
        #expect(queue.claim(Claim(worker: "w", limit: 9)).map(\.id) == [.test(4)])
    }

    @Test("A completion frees all of them, each by an event of its own")
    func completion() throws {
        var queue = try queue()
        queue.work(.complete(.test(1), fence: try queue.fence(), result: nil))
        #expect(!settle(&queue))
        #expect(queue.log.suffix(3).map(\.cause) == Array(repeating: TaskEvent.Cause(.ready, by: .test(1)), count: 3))
        #expect(queue.claim(Claim(worker: "w", limit: 9)).map(\.id) == [2, 3, 4].map(TaskID.test))
    }

    @Test("Held, a task goes on when its dependency is tried again and completes; what was cancelled stays so")
    func retried() throws {
        var queue = try queue()
        queue.work(.cancel(.test(1), reason: nil, force: false))
        _ = settle(&queue)
        queue.work(.retry(.test(1)))
        #expect(try (2...4).map { try queue.state($0) } == [.cancelled, .waiting, .waiting])
        queue.work(.complete(.test(1), fence: try queue.fence(), result: nil))
        _ = settle(&queue)
        #expect(try (2...4).map { try queue.state($0) } == [.cancelled, .ready, .ready])
    }

    @Test("Settling stops when its cause is tried again")
    func stopped() throws {
        var queue = try queue()
        queue.work(.cancel(.test(1), reason: nil, force: false))
        queue.work(.retry(.test(1)))
        let count = queue.log.count
        #expect(queue.ledger.store.isSettled && !settle(&queue) && queue.log.count == count)
        #expect(try queue.state(2) == .waiting)
    }

    @Test(
        "A chain is cancelled to its end, so many tasks a decision, also when a crash comes between",
        arguments: [1, 3, 500])
    func chain(limit: Int) throws {
        var queue = TestQueue()
        try queue.add(1)
        for number in 2...20 {
            try queue.add(number) {
                try $0.set(dependencies: [TaskID.test(number - 1)])
                try $0.set(maxStalls: 3)
            }
        }
        queue.work(.cancel(.test(1), reason: nil, force: false))
        var rounds = 0
        while !queue.ledger.store.isSettled, rounds < 30 {
            let count = queue.log.count
            _ = settle(&queue, limit: limit)
            #expect(queue.log.count - count <= limit)
            queue.ledger = TaskLedger(store: queue.ledger.store)
            rounds += 1
        }
        #expect(try (2...20).allSatisfy { try queue.state($0) == .cancelled })
        #expect(rounds == (19 + limit - 1) / limit)
        let reasons = try (2...20).map { try queue.workState($0).cancellation?.by }
        #expect(reasons == (1...19).map { .test($0) })
    }

    @Test(
        "A status that is set cancels nothing, frees no task by a failure, and frees by a completion",
        arguments: [true, false])
    func status(isCompleted: Bool) throws {
        var queue = try queue()
        try queue.patch(1) { $0.set(status: isCompleted ? .completed : .failed) }
        let count = queue.log.count
        #expect(!settle(&queue) && queue.log.count == count)
        let state: TaskState = isCompleted ? .ready : .waiting
        #expect(try (2...4).map { try queue.state($0) } == [state, state, state])
    }

    @Test(
        "Created behind what has ended badly, a task is cancelled in one piece with its creation; held or freed by policy"
    )
    func doomed() throws {
        var queue = TestQueue()
        try queue.add(1)
        queue.work(.cancel(.test(1), reason: nil, force: false))
        let count = queue.log.count
        let outcome = try queue.add(2) { try $0.set(dependencies: [TaskID.test(1)]) }
        #expect(outcome == .created(try queue.task(2)) && queue.log.count == count + 2)
        #expect(try queue.state(2) == .cancelled)
        for (number, policy, state) in [(3, "hold", TaskState.waiting), (4, "ignore", .ready)] {
            try queue.add(number) {
                try $0.set(dependencies: [TaskID.test(1)])
                try $0.set(onDependencyFailure: policy)
            }
            #expect(try queue.state(number) == state)
        }
        try queue.add(5)
        try queue.patch(5) { try $0.set(dependencies: [TaskID.test(1)]) }
        #expect(try queue.state(5) == .cancelled, "given such a dependency, it is treated so, too")
        try queue.add(6) { $0.set(status: .inProgress) }
        try queue.patch(6) { try $0.set(dependencies: [TaskID.test(1)]) }
        #expect(try queue.state(6) == .held, "only what is pending waits")
    }

    @Test("A dependency that is added to a running task binds its next attempt")
    func running() throws {
        var queue = TestQueue()
        try queue.add(1)
        let fence = try queue.fence()
        try queue.add(2)
        try queue.patch(1) { try $0.set(dependencies: [TaskID.test(2)]) }
        #expect(try queue.state(1) == .running)
        queue.work(.release(.test(1), fence: fence, delay: .zero))
        #expect(try queue.state(1) == .waiting)
        #expect(queue.claim(Claim(worker: "w", limit: 9)).map(\.id) == [.test(2)])
    }

    @Test("A task that a dependency is deleted from needs it no more; one that it never had is waited for")
    func missing() throws {
        var queue = TestQueue()
        try queue.add(1)
        try queue.add(2) { try $0.set(dependencies: [TaskID.test(1), TaskID.test(9)]) }
        queue.run(.delete(.test(1)))
        #expect(try queue.state(2) == .waiting && queue.task(2).dependencies == [.test(9)])
        try queue.add(9) { $0.set(status: .completed) }
        #expect(try queue.state(2) == .ready)
    }
}
