import Testing

@testable import TaskEngine

@Suite("Unique keys")
struct UniqueKeyTests {
    /// Puts a task that has the key into each state in which it has not ended.
    private static let live: [TaskState] = [.ready, .scheduled, .waiting, .running, .held]

    private func queue(with state: TaskState) throws -> TestQueue {
        var queue = TestQueue()
        try queue.add(1) {
            try $0.set(uniqueKey: "k")
            if state == .scheduled { try $0.set(delay: 5) }
            if state == .waiting { try $0.set(dependencies: [TaskID.test(9)]) }
            if state == .held { $0.set(status: .inProgress) }
        }
        if state == .running { _ = try queue.fence() }
        #expect(try queue.state(1) == state)
        return queue
    }

    @Test(
        "While the first task has not ended, a second is that one, or is refused; nothing is written", arguments: live)
    func taken(state: TaskState) throws {
        var queue = try queue(with: state)
        let (first, count) = (try queue.task(1), queue.log.count)
        #expect(try queue.add(2) { try $0.set(uniqueKey: "k") } == .duplicate(first))
        #expect(try queue.add(2) { try $0.set(uniqueKey: "k", onConflict: "existing") } == .duplicate(first))
        #expect(
            try queue.add(2) { try $0.set(uniqueKey: "k", onConflict: "reject") } == .refused(.duplicateTask(.test(1))))
        #expect(queue.log.count == count)
    }

    @Test("A key is one project's, and compared as bytes")
    func projects() throws {
        var queue = TestQueue()
        try queue.add(1) { try $0.set(uniqueKey: "\u{E9}") }
        for (number, key, project) in [(2, "\u{E9}", "red"), (3, "e\u{301}", nil), (4, "\u{E9} ", nil)] {
            let outcome = try queue.add(number) {
                try $0.set(uniqueKey: key, onConflict: "reject")
                try $0.set(project: project)
            }
            #expect(outcome == .created(try queue.task(number)))
        }
    }

    @Test("An end frees the key, whatever it is; a backoff does not")
    func ends() throws {
        let failure = WorkFailure(WorkError(message: "no"), isRetryable: false)
        for end in [
            WorkCommand.complete(.test(1), fence: 2, result: nil), .fail(.test(1), fence: 2, failure),
            .cancel(.test(1), reason: nil, force: true), .expire(.test(1), fence: 2),
        ] {
            var queue = TestQueue()
            try queue.add(1) {
                try $0.set(uniqueKey: "k")
                try $0.set(maxAttempts: 1)
            }
            _ = try queue.fence()
            queue.work(end)
            try queue.add(2) { try $0.set(uniqueKey: "k", onConflict: "reject") }
            #expect(try queue.state(2) == .ready)
        }
        var queue = try queue(with: .running)
        queue.work(.fail(.test(1), fence: 2, AttemptTests.failure))
        #expect(try queue.state(1) == .scheduled)
        #expect(try queue.add(2) { try $0.set(uniqueKey: "k") } == .duplicate(try queue.task(1)))
    }

    @Test("A deletion and a status that is set free the key, too", arguments: [nil, TaskStatus.completed, .failed])
    func clients(status: TaskStatus?) throws {
        var queue = try queue(with: .ready)
        if let status { try queue.patch(1) { $0.set(status: status) } } else { queue.run(.delete(.test(1))) }
        try queue.add(2) { try $0.set(uniqueKey: "k", onConflict: "reject") }
        #expect(try queue.state(2) == .ready)
    }

    @Test("A task is not tried again, reopened or moved to where its key is another's")
    func comingBack() throws {
        var queue = try queue(with: .ready)
        queue.work(.cancel(.test(1), reason: nil, force: false))
        try queue.add(2) { try $0.set(uniqueKey: "k") }
        try queue.add(3) {
            try $0.set(uniqueKey: "k")
            try $0.set(project: "red")
        }
        let count = queue.log.count
        let refusal = Decision.Outcome.refused(.duplicateTask(.test(2)))
        #expect(queue.work(.retry(.test(1))) == refusal)
        #expect(try queue.patch(1) { $0.set(status: .pending) } == refusal)
        #expect(try queue.patch(3) { try $0.set(project: nil) } == refusal)
        #expect(queue.log.count == count)
        queue.run(.delete(.test(2)))
        queue.work(.retry(.test(1)))
        #expect(try queue.state(1) == .ready)
        #expect(try queue.patch(3) { try $0.set(project: nil) } == .refused(.duplicateTask(.test(1))))
    }

    @Test("A key is set at creation alone")
    func patch() throws {
        var queue = try queue(with: .ready)
        #expect(try queue.patch(1) { try $0.set(uniqueKey: "l") } == .refused(.invalidField(.unique)))
    }

    @Test("A key counts from the decision on, and is free again if that is dropped")
    func inFlight() throws {
        var queue = TestQueue()
        var fields = try TaskFields(title: "t")
        try fields.set(uniqueKey: "k", onConflict: "reject")
        _ = queue.ledger.decide(queue.command(.create(.test(1), fields)))
        let second = queue.ledger.decide(queue.command(.create(.test(2), fields)))
        #expect(second.outcome == .refused(.duplicateTask(.test(1))) && !second.isSettled)
        queue.ledger.drop()
        #expect(queue.run(.create(.test(2), fields)).outcome == .created(try queue.task(2)))
    }
}
