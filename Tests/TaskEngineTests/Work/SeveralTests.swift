import Testing

@testable import TaskEngine

@Suite("Several actions in one piece")
struct SeveralTests {
    private func create(
        _ number: Int, _ set: (inout TaskFields) throws -> Void = { _ in }
    ) throws -> TaskCommand.Action {
        var fields = try TaskFields(title: "t")
        try set(&fields)
        return .create(.test(number), fields)
    }

    @Test("Each sees those before it: a task is made, claimed and completed in one append")
    func order() throws {
        var queue = TestQueue()
        let decision = queue.run(
            .several([
                try create(1), .work(.claim(Claim(worker: "w"))), .work(.complete(.test(1), fence: 2, result: nil)),
                .work(.complete(.test(1), fence: 9, result: nil)),
            ]))
        #expect(decision.events.map(\.sequence) == [1, 2, 3])
        #expect(queue.causes == [.claimed, .completed])
        guard case .several(let outcomes) = decision.outcome else { throw TestFailure("\(decision.outcome)") }
        #expect(outcomes.count == 4)
        #expect(outcomes.last == .refused(.leaseLost(.test(1), .completed, fence: nil)), "one is refused by itself")
    }

    @Test("If one task cannot be made, none is, and nothing else is done")
    func allOrNothing() throws {
        for bad in [
            TaskCommand.Action.create(.test(3), TaskFields()),
            try create(3) {
                $0.set(status: .completed)
                try $0.set(delay: 1)
            },
            try create(3) { try $0.set(uniqueKey: "k", onConflict: "reject") },
        ] {
            var queue = TestQueue()
            try queue.add(1) { try $0.set(uniqueKey: "k") }
            let decision = queue.run(.several([try create(2), .work(.claim(Claim(worker: "w"))), bad, try create(4)]))
            guard case .refusedPart(2, _) = decision.outcome else { throw TestFailure("\(decision.outcome)") }
            #expect(decision.events.isEmpty && queue.ledger.store.count == 1)
            #expect(try queue.state(1) == .ready && queue.ledger.brokenInvariant == nil)
        }
    }

    @Test("A type too many for its project refuses all; one that is there or comes twice is none", arguments: [1, 2])
    func types(new: Int) throws {
        var queue = TestQueue()
        for number in 1..<Lanes.limitOfTypes { try queue.add(number) { try $0.set(type: "t\(number)") } }
        func create(_ number: Int, type: String) throws -> TaskCommand.Action {
            try self.create(2_000 + number) { try $0.set(type: type) }
        }
        let decision = queue.run(
            .several([
                try create(0, type: "t1"), try create(1, type: "new1"), try create(2, type: "new1"),
                try create(3, type: "new\(new)"),
            ]))
        if new == 1 {
            #expect(decision.events.count == 4)
        } else {
            #expect(decision.outcome == .refusedPart(3, .queueFull) && decision.events.isEmpty)
        }
    }

    @Test("Two of one command with a key are one task; with `reject` the second refuses all")
    func sameKey() throws {
        var queue = TestQueue()
        let first = try create(1) { try $0.set(uniqueKey: "k") }
        let refused = queue.run(.several([first, try create(2) { try $0.set(uniqueKey: "k", onConflict: "reject") }]))
        #expect(refused.outcome == .refusedPart(1, .duplicateTask(nil)) && queue.ledger.store.isEmpty)
        let decision = queue.run(.several([first, try create(2) { try $0.set(uniqueKey: "k") }]))
        let task = try queue.task(1)
        #expect(decision.outcome == .several([.created(task), .duplicate(task)]))
    }

    @Test("One that is cancelled as it is made leaves its key to the next", arguments: ["existing", "reject"])
    func doomedHolder(onConflict: String) throws {
        var queue = TestQueue()
        try queue.add(1)
        queue.run(.work(.cancel(.test(1), reason: nil, force: false)))
        let decision = queue.run(
            .several([
                try create(2) {
                    try $0.set(uniqueKey: "k")
                    try $0.set(dependencies: [TaskID.test(1)])
                },
                try create(3) {
                    try $0.set(uniqueKey: "k")
                    try $0.set(dependencies: [TaskID.test(2)])
                },
                try create(4) { try $0.set(uniqueKey: "k", onConflict: onConflict) },
                try create(5) { try $0.set(dependencies: [TaskID.test(4)]) },
            ]))
        let states = try (2...5).map { try queue.state($0) }
        #expect(states == [.cancelled, .cancelled, .ready, .waiting])
        #expect(try queue.task(5).dependencies == [.test(4)])
        guard case .several(let outcomes) = decision.outcome else {
            Issue.record("\(decision.outcome)")
            return
        }
        #expect(outcomes.allSatisfy { if case .created = $0 { true } else { false } })
    }

    @Test("A task that another stands in for is needed as that one", arguments: [true, false])
    func standsIn(isThere: Bool) throws {
        var queue = TestQueue()
        if isThere { try queue.add(1) { try $0.set(uniqueKey: "k") } }
        queue.run(
            .several([
                try create(isThere ? 5 : 1) { try $0.set(uniqueKey: "k") },
                try create(2) { try $0.set(uniqueKey: "k") },
                try create(3) { try $0.set(dependencies: [TaskID.test(2), TaskID.test(isThere ? 5 : 1)]) },
            ]))
        #expect(try queue.task(3).dependencies == [.test(1)])
        #expect(queue.ledger.store.count == 2)
    }

    @Test("With new ids each task has another, also where one needs it; ids of other tasks stay")
    func newIDs() throws {
        var next = 10
        let make = {
            next += 1
            return TaskID.test(next)
        }
        let command = TaskCommand(
            .several([
                try create(1),
                try create(2) { try $0.set(dependencies: [TaskID.test(1), TaskID.test(2), TaskID.test(7)]) },
                .work(.retry(.test(1))),
            ]))
        let expected = TaskCommand.Action.several([
            try create(11),
            try create(12) { try $0.set(dependencies: [TaskID.test(11), TaskID.test(12), TaskID.test(7)]) },
            .work(.retry(.test(1))),
        ])
        #expect(command.withNewIDs(make).action == expected)
        #expect(TaskCommand(try create(1)).withNewIDs(make).action == (try create(13)))
        let other = TaskCommand(.several([.delete(.test(1))]))
        #expect(other.withNewIDs(make) == other && next == 13)
    }
}
