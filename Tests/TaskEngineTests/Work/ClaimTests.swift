import Testing

@testable import TaskEngine

@Suite("Workers claim tasks")
struct ClaimTests {
    @Test("The more urgent goes first, then the older; each claim has a higher fence, and the last finds nothing")
    func order() throws {
        var queue = TestQueue()
        for (number, priority) in [(1, 1), (2, 9), (3, 5), (4, 5)] {
            try queue.add(number) { try $0.set(priority: priority) }
        }
        let claimed = (0..<4).flatMap { _ in queue.claim() }
        #expect(claimed.map(\.id) == [.test(2), .test(3), .test(4), .test(1)])
        let fences = claimed.compactMap { $0.work?.lease?.fence }
        #expect(fences == fences.sorted() && fences == queue.log.suffix(4).map(\.sequence))
        #expect(queue.claim().isEmpty)
        #expect(queue.ledger.brokenInvariant == nil)
    }

    @Test("A claim is an update with the status, and says its cause")
    func event() throws {
        var queue = TestQueue()
        try queue.add(1)
        queue.clock = 5_000
        let task = try #require(queue.claim().first)
        let event = try #require(queue.log.last)
        #expect(event.change == .updated(task, changes: [.status, .state]))
        #expect(event.cause == TaskEvent.Cause(.claimed))
        #expect(task.status == .inProgress && task.updatedAt.milliseconds == 5_000 && task.revision == event.sequence)
        #expect(task.work?.attempt == 1 && task.work?.startedAt?.milliseconds == 5_000)
        #expect(try queue.state(1) == .running)
    }

    @Test(
        "Types and projects are admitted by name, and nil among them is none",
        arguments: [
            (nil, nil, [1, 2, 3, 4]), (["mail"], nil, [2, 4]), ([nil], nil, [1, 3]), (["pdf"], nil, []),
            (nil, ["red"], [3, 4]), (nil, [nil], [1, 2]), (["mail"], ["red"], [4]), ([], nil, []),
        ] as [([PlainText?]?, [PlainText?]?, [Int])])
    func filters(types: [PlainText?]?, projects: [PlainText?]?, numbers: [Int]) throws {
        var queue = TestQueue()
        for number in 1...4 {
            try queue.add(number) {
                if number % 2 == 0 { try $0.set(type: "mail") }
                if number > 2 { try $0.set(project: "red") }
            }
        }
        let tasks = queue.claim(Claim(worker: "w", types: types, projects: projects, limit: 10))
        #expect(tasks.map(\.id) == numbers.map(TaskID.test))
    }

    @Test("A claim gets its limit, and no more payload than an answer holds, but one task at least")
    func limits() throws {
        var queue = TestQueue()
        let body = JSONBody(checked: Array(repeating: UInt8(ascii: "7"), count: JSONBody.limit))
        for number in 1...20 { try queue.add(number) { try $0.set(payload: body) } }
        #expect(queue.claim(Claim(worker: "w", limit: 3)).count == 3)
        #expect(queue.claim(Claim(worker: "w", limit: 100)).count == 16)
        #expect(queue.claim(Claim(worker: "w", limit: 100)).count == 1)
    }

    @Test("A worker's name has at most 1,000 leases; another's has its own")
    func leases() throws {
        var queue = TestQueue()
        for number in 1...1_002 { try queue.add(number) }
        for _ in 0..<10 { #expect(queue.claim(Claim(worker: "w", limit: 100)).count == 100) }
        #expect(queue.claim().isEmpty)
        #expect(queue.claim(Claim(worker: "v")).count == 1)
        queue.work(.release(.test(1), fence: 1_003, delay: .zero))
        #expect(queue.claim().map(\.id) == [.test(1)])
    }

    @Test("The same worker asking by the same key gets what it still holds of it, without an event; another does not")
    func replay() throws {
        var queue = TestQueue()
        for number in 1...5 { try queue.add(number) }
        let first = queue.claim(Claim(worker: "w", limit: 2, key: "k"))
        let count = queue.log.count
        #expect(
            queue.work(.claim(Claim(worker: "w", limit: 2, key: "k")))
                == .claimed(first.map { ClaimedTask(task: $0, payload: nil) }, isReplayed: true))
        #expect(queue.log.count == count)
        queue.work(.complete(.test(1), fence: 6, result: nil))
        #expect(queue.claim(Claim(worker: "w", limit: 2, key: "k")).map(\.id) == [.test(2)])
        #expect(queue.claim(Claim(worker: "v", key: "k")).map(\.id) == [.test(3)])
        #expect(queue.claim(Claim(worker: "w", key: "l")).map(\.id) == [.test(4)])
        queue.work(.complete(.test(2), fence: 7, result: nil))
        #expect(queue.claim(Claim(worker: "w", key: "k")).map(\.id) == [.test(5)])
    }

    @Test("What is got again comes in the order in which it was got, also from a server that has begun anew")
    func replayOrder() throws {
        var queue = TestQueue()
        for number in 1...3 { try queue.add(number) { try $0.set(priority: number) } }
        let claim = Claim(worker: "w", limit: 3, key: "k")
        let first = queue.claim(claim)
        #expect(first.map(\.id) == [3, 2, 1].map(TaskID.test))
        queue.ledger = TaskLedger(store: queue.ledger.store)
        #expect(queue.claim(claim) == first)
    }

    @Test("A lease is as long as the claim says, else the task, else its project, else 30 s")
    func length() throws {
        var queue = TestQueue()
        var settings = ProjectSettings()
        (settings.lease, settings.timeout) = (.seconds(50), .seconds(500))
        queue.work(.setProject("red", ProjectChange(to: settings)))
        try queue.add(1)
        try queue.add(2) { try $0.set(project: "red") }
        try queue.add(3) {
            try $0.set(project: "red"); try $0.set(lease: 60); try $0.set(timeout: nil)
        }
        try queue.add(4) {
            try $0.set(lease: 60); try $0.set(timeout: 7)
        }
        let leases = queue.claim(Claim(worker: "w", limit: 3)).compactMap { $0.work?.lease }
        #expect(leases.map(\.length) == [.seconds(30), .seconds(50), .seconds(60)])
        #expect(leases.map(\.timeout) == [nil, .seconds(500), nil])
        let last = try #require(queue.claim(Claim(worker: "w", lease: .seconds(9))).first?.work?.lease)
        #expect(last.length == .seconds(9) && last.timeout == .seconds(7))
    }

    @Test("Of a project that is paused, or has as many running as it may, nothing is claimed")
    func projects() throws {
        var queue = TestQueue()
        var settings = ProjectSettings()
        settings.maxRunning = 2
        queue.work(.setProject("red", ProjectChange(to: settings)))
        for number in 1...4 { try queue.add(number) { try $0.set(project: "red") } }
        #expect(queue.claim(Claim(worker: "w", limit: 10)).map(\.id) == [.test(1), .test(2)])
        queue.work(.complete(.test(1), fence: 6, result: nil))
        #expect(queue.claim(Claim(worker: "w", limit: 10)).map(\.id) == [.test(3)])
        settings.maxRunning = nil
        settings.isPaused = true
        queue.work(.setProject("red", ProjectChange(to: settings)))
        #expect(queue.claim().isEmpty)
        settings.isPaused = false
        queue.work(.setProject("red", ProjectChange(to: settings)))
        #expect(queue.claim().map(\.id) == [.test(4)])
    }

    @Test("A task is claimed by the command behind its creation, before the log has kept either")
    func ahead() throws {
        var ledger = TaskLedger()
        let created = ledger.decide(TaskCommand(.create(.test(1), try TaskFields(title: "t"))))
        let claimed = ledger.decide(TaskCommand(.work(.claim(Claim(worker: "w")))))
        #expect(claimed.events.map(\.sequence) == [2])
        ledger.commit(created.events + Array(claimed.events))
        #expect(ledger.brokenInvariant == nil)
        #expect(ledger.store.state(of: try #require(ledger.store[.test(1)])) == .running)
    }

    @Test("Dropped, a claim was never made; the task stands where it stood")
    func dropped() throws {
        var queue = TestQueue()
        for number in 1...3 { try queue.add(number) }
        let first = queue.ledger.decide(queue.command(.work(.claim(Claim(worker: "w", limit: 2, key: "k")))))
        #expect(first.events.count == 2)
        queue.ledger.drop()
        #expect(queue.ledger.brokenInvariant == nil)
        #expect(queue.ledger.decide(queue.command(.work(.claim(Claim(worker: "w", limit: 2, key: "k"))))) == first)
    }

    @Test("A task is not claimed while what it needs will be undone, as is decided and not kept")
    func undone() throws {
        var queue = TestQueue()
        try queue.add(1) { $0.set(status: .completed) }
        try queue.add(2) { try $0.set(dependencies: [TaskID.test(1)]) }
        var fields = TaskFields()
        fields.set(status: .inProgress)
        let undone = queue.ledger.decide(queue.command(.update(.test(1), fields)))
        let claim = queue.ledger.decide(queue.command(.work(.claim(Claim(worker: "w")))))
        #expect(claim.outcome == .claimed([], isReplayed: false) && !claim.isSettled)
        queue.ledger.drop()
        #expect(queue.claim().map(\.id) == [.test(2)], "the task came back when that was dropped")
        _ = undone
    }

    @Test(
        "Behind a drop a task stands where what was kept puts it, whatever its dependency was to become",
        arguments: [true, false])
    func droppedDependency(isKeptDone: Bool) throws {
        var queue = TestQueue()
        try queue.add(1) { $0.set(status: isKeptDone ? .inProgress : .completed) }
        try queue.add(2) { try $0.set(dependencies: [TaskID.test(1)]) }
        let decisions = try [isKeptDone ? TaskStatus.completed : .inProgress, isKeptDone ? .inProgress : .completed].map
        {
            queue.ledger.decide(queue.command(.update(.test(1), try TaskFields(status: $0))))
        }
        queue.ledger.commit(decisions[0])
        queue.ledger.drop()
        #expect(queue.ledger.brokenInvariant == nil)
        #expect(queue.claim().map(\.id) == (isKeptDone ? [.test(2)] : []))
    }
}
