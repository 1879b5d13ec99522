import Testing

@testable import TaskEngine

@Suite("Cancel, retry, and a status that is set")
struct EndTests {
    @Test("What waits or is held is cancelled at once; what has ended is not")
    func cancel() throws {
        var queue = TestQueue()
        try queue.add(1)
        try queue.add(2) { try $0.set(delay: 5) }
        try queue.add(3) { try $0.set(dependencies: [TaskID.test(9)]) }
        try queue.add(4) { $0.set(status: .inProgress) }
        try queue.add(5) { $0.set(status: .completed) }
        for number in 1...4 {
            queue.work(.cancel(.test(number), reason: "no need", force: false))
            #expect(try queue.state(number) == .cancelled && queue.task(number).status == .failed)
            #expect(try queue.workState(number).cancellation == Cancellation(reason: "no need"))
            #expect(
                queue.work(.cancel(.test(number), reason: nil, force: true))
                    == .refused(.invalidTransition(.test(number), .cancelled)))
        }
        #expect(
            queue.work(.cancel(.test(5), reason: nil, force: false))
                == .refused(.invalidTransition(.test(5), .completed)))
        #expect(queue.claim(Claim(worker: "w", limit: 9)).isEmpty)
    }

    @Test("A worker is asked to let go: a failure, a release, an expiry then cancel the task, and a completion wins")
    func asked() throws {
        for (end, state) in [
            (WorkCommand.fail(.test(1), fence: 2, AttemptTests.failure), TaskState.cancelled),
            (.release(.test(1), fence: 2, delay: .zero), .cancelled), (.expire(.test(1), fence: 2), .cancelled),
            (.timeOut(.test(1), fence: 2), .cancelled), (.complete(.test(1), fence: 2, result: nil), .completed),
        ] {
            var queue = TestQueue()
            try queue.add(1)
            let fence = try queue.fence()
            queue.work(.cancel(.test(1), reason: "r", force: false))
            let count = queue.log.count
            queue.work(.cancel(.test(1), reason: "again", force: false))
            #expect(try queue.log.count == count && queue.state(1) == .running)
            guard case .renewed(_, true) = queue.work(.renew(.test(1), fence: fence, lease: nil)) else {
                throw TestFailure("not asked for")
            }
            queue.work(end)
            #expect(try queue.state(1) == state)
            #expect(queue.ledger.brokenInvariant == nil)
        }
    }

    @Test("By force, the worker has lost the task")
    func force() throws {
        var queue = TestQueue()
        try queue.add(1)
        let fence = try queue.fence()
        queue.work(.cancel(.test(1), reason: nil, force: true))
        #expect(try queue.state(1) == .cancelled)
        #expect(
            queue.work(.complete(.test(1), fence: fence, result: nil))
                == .refused(.leaseLost(.test(1), .cancelled, fence: nil)))
    }

    @Test("What has failed or was cancelled is tried again from the first attempt on; nothing else is")
    func retry() throws {
        var queue = TestQueue()
        for number in 1...4 { try queue.add(number) { try $0.set(maxAttempts: 1) } }
        queue.work(.fail(.test(1), fence: try queue.fence(), AttemptTests.failure))
        queue.work(.cancel(.test(2), reason: nil, force: false))
        try queue.patch(3) { $0.set(status: .failed) }
        for number in 1...3 {
            queue.work(.retry(.test(number)))
            #expect(try queue.state(number) == .ready && queue.causes.last == .retried)
            #expect(try queue.workState(number).attempt == 0)
            #expect(queue.work(.retry(.test(number))) == .refused(.invalidTransition(.test(number), .ready)))
        }
        #expect(queue.claim(Claim(worker: "w", limit: 4)).map(\.id) == [4, 1, 2, 3].map(TaskID.test))
    }

    @Test("A status that is set ends a lease and takes the last fence away", arguments: TaskStatus.allCases)
    func status(status: TaskStatus) throws {
        for isExpired in [false, true] {
            var queue = TestQueue()
            try queue.add(1)
            let fence = try queue.fence()
            if isExpired { queue.work(.expire(.test(1), fence: fence)) }
            let former = try queue.task(1).status
            try queue.patch(1) { $0.set(status: status) }
            #expect(queue.log.last?.cause == nil || former == status)
            let isLost =
                queue.work(.complete(.test(1), fence: fence, result: nil))
                == .refused(.leaseLost(.test(1), try queue.state(1), fence: nil))
            #expect(isLost == (former != status))
            #expect(queue.ledger.brokenInvariant == nil)
        }
    }

    @Test("Set out of an end, a task has all its attempts again")
    func reopened() throws {
        var queue = TestQueue()
        try queue.add(1) { try $0.set(maxAttempts: 1) }
        queue.work(.fail(.test(1), fence: try queue.fence(), AttemptTests.failure))
        try queue.patch(1) { $0.set(status: .pending) }
        #expect(try queue.workState(1).attempt == 0 && !queue.workState(1).isEndedByQueue)
        #expect(queue.claim().count == 1)
    }

    @Test("Set to pending in its last attempt, a task has that attempt still")
    func overruledAttempt() throws {
        var queue = TestQueue()
        try queue.add(1) { try $0.set(maxAttempts: 1) }
        _ = try queue.fence()
        try queue.patch(1) { $0.set(status: .pending) }
        #expect(try queue.workState(1).attempt == 0)
        _ = try queue.fence()
        #expect(try queue.workState(1).attempt == 1)
    }

    @Test("What a call of today causes on a plain task is as it was: no cause, no state, nothing of the queue")
    func plain() throws {
        var queue = TestQueue()
        try queue.add(1)
        try queue.patch(1) { $0.set(status: .inProgress) }
        try queue.patch(1) {
            try $0.set(dependencies: [TaskID.test(7)]); $0.set(status: .pending)
        }
        try queue.patch(1) { try $0.set(priority: 7) }
        queue.run(.delete(.test(1)))
        #expect(queue.log.allSatisfy { $0.cause == nil && $0.bodies == nil })
        let changes = queue.log.compactMap { event -> [TaskField]? in
            guard case .updated(let task, let changes, _) = event.change else { return nil }
            #expect(task.work == nil)
            return changes
        }
        #expect(changes == [[.status], [.status, .dependencies], [.priority]])
    }
}
