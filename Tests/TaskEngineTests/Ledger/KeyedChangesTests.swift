import SeededRandom
import Testing

@testable import TaskEngine

@Suite("Changes by their keys")
struct KeyedChangesTests {
    private static let day = KeyedChange.lifetime

    private func change(_ name: Int, sequence: Int, at milliseconds: Int64 = 0) -> KeyedChange {
        KeyedChange(
            key: .test(name), kind: .created, taskID: .test(sequence), sequence: sequence,
            timestamp: Timestamp(milliseconds: milliseconds))
    }

    @Test("A change is known for a day, and not a millisecond more")
    func lifetime() {
        var changes = KeyedChanges()
        changes.add(change(1, sequence: 1, at: 500))
        let name = IdempotencyKey.test(1).name
        #expect(changes.change(named: name, at: Timestamp(milliseconds: 499 + Self.day))?.sequence == 1)
        #expect(changes.change(named: name, at: Timestamp(milliseconds: 500 + Self.day)) == nil)
        #expect(changes.change(named: IdempotencyKey.test(2).name, at: Timestamp(milliseconds: 500)) == nil)
    }

    @Test(
        "So many changes are known, and of one more the oldest is forgotten",
        arguments: [1, 1_023, 1_024, 1_025, 3_000])
    func limit(limit: Int) {
        var changes = KeyedChanges(limit: limit)
        let now = Timestamp(milliseconds: 0)
        for number in 1...limit { changes.add(change(number, sequence: number)) }
        #expect(changes.count == limit && changes.change(named: IdempotencyKey.test(1).name, at: now) != nil)
        changes.add(change(limit + 1, sequence: limit + 1))
        #expect(changes.count == limit && changes.change(named: IdempotencyKey.test(1).name, at: now) == nil)
        #expect(
            (2...limit + 1).allSatisfy {
                changes.change(named: IdempotencyKey.test($0).name, at: now)?.sequence == $0
            })
    }

    @Test("Whatever comes and goes, each key has its newest change, as in a dictionary", arguments: [1, 2] as [UInt64])
    func model(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var (changes, model) = (KeyedChanges(limit: 2_000), [KeyedChange]())
        var time = Int64(0)
        for sequence in 1...20_000 {
            // Now and then nothing comes for a while, and much is over at once.
            time += random.once(in: 3_000) ? Self.day / 2 : Int64.random(in: -50...100, using: &random)
            let change = change(Int.random(in: 0..<3_000, using: &random), sequence: sequence, at: time)
            changes.add(change)
            model.append(change)
            if model.count > 2_000 { model.removeFirst() }
            guard sequence % 400 == 0 else { continue }
            let now = Timestamp(milliseconds: time)
            let newest = Dictionary(model.map { ($0.key.name, $0) }) { $1 }
            let wrong = (0..<3_000).map { IdempotencyKey.test($0).name }.first { name in
                changes.change(named: name, at: now) != newest[name].flatMap { $0.isOver(at: now) ? nil : $0 }
            }
            #expect(wrong == nil, "seed \(seed), change \(sequence)")
        }
    }

    @Test("What is over goes as other changes come, two for each, whether those have a key or not")
    func pruning() throws {
        var changes = KeyedChanges()
        for number in 1...100 { changes.add(change(number, sequence: number)) }
        let event = TaskEvent(
            .deleted(.test(1)), sequence: 101, requestID: "r", timestamp: Timestamp(milliseconds: Self.day))
        changes.apply(event)
        #expect(changes.count == 98)
        for _ in 0..<60 { changes.apply(event) }
        #expect(changes.isEmpty)
        changes.add(change(7, sequence: 200))
        #expect(changes.change(named: IdempotencyKey.test(7).name, at: Timestamp(milliseconds: 0))?.sequence == 200)
    }
}

@Suite("A command that comes again under its key")
struct RepeatedCommandTests {
    private func command(
        _ action: TaskCommand.Action, key: Int = 1, content: Int = 1, at milliseconds: Int64 = 0
    ) -> TaskCommand {
        TaskCommand(
            action, requestID: "r", timestamp: Timestamp(milliseconds: milliseconds),
            key: .test(key, content: content))
    }

    private func run(_ ledger: inout TaskLedger, _ command: TaskCommand) -> Decision {
        let decision = ledger.decide(command)
        ledger.commit(decision)
        return decision
    }

    @Test("It makes no second change, and is told of the task as it is by then, or that it is gone")
    func again() throws {
        var ledger = TaskLedger()
        let create = TaskCommand.Action.create(.test(1), try TaskFields(title: "t"))
        #expect(run(&ledger, command(create)).events.map(\.key) == [.test(1)])
        ledger.run(.update(.test(1), try TaskFields(title: "u")))
        let again = run(&ledger, command(.create(.test(2), try TaskFields(title: "t"))))
        #expect(again.outcome == .repeated(.created, .test(1), ledger.store[.test(1)]))
        #expect(again.events.isEmpty && again.isSettled && ledger.store.count == 1)
        ledger.run(.delete(.test(1)))
        #expect(run(&ledger, command(create)).outcome == .repeated(.created, .test(1), nil))
    }

    @Test("Another content under the same key is refused; the same content under another key is another change")
    func mismatch() throws {
        var ledger = TaskLedger()
        let fields = try TaskFields(title: "t")
        _ = run(&ledger, command(.create(.test(1), fields)))
        #expect(run(&ledger, command(.create(.test(2), fields), content: 2)).outcome == .refused(.keyMismatch))
        guard case .created = run(&ledger, command(.create(.test(2), fields), key: 2)).outcome else {
            Issue.record("another key is another change")
            return
        }
    }

    @Test("What changed nothing and what was refused is decided again")
    func unkept() throws {
        var ledger = TaskLedger()
        let update = TaskCommand.Action.update(.test(1), try TaskFields(priority: 1))
        #expect(run(&ledger, command(update)).outcome == .refused(.taskNotFound(.test(1))))
        ledger.run(.create(.test(1), try TaskFields(title: "t", priority: 1)))
        for _ in 0..<2 {
            guard case .unchanged = run(&ledger, command(update)).outcome else {
                Issue.record("nothing was changed")
                return
            }
        }
        #expect(ledger.keyed.isEmpty)
    }

    @Test("It is not asked for the state that it wanted the first time")
    func preconditions() throws {
        var ledger = TaskLedger()
        ledger.run(.create(.test(1), try TaskFields(title: "t")))
        let first = Precondition(required: .listed([1]))
        let update = TaskCommand.Action.update(.test(1), try TaskFields(priority: 9), expecting: first)
        let changed = run(&ledger, command(update))
        #expect(changed.events.map(\.name) == ["task.updated", "task.moved"])
        #expect(changed.events.map { $0.key != nil } == [true, false], "the first event alone has the key")
        #expect(run(&ledger, command(update)).outcome == .repeated(.updated, .test(1), ledger.store[.test(1)]))
        #expect(run(&ledger, command(update, key: 2)).outcome == .refused(.preconditionFailed(.test(1))))
        let delete = TaskCommand.Action.delete(.test(1), expecting: Precondition(required: .listed([2])))
        #expect(run(&ledger, command(delete, key: 3)).outcome == .deleted)
        #expect(run(&ledger, command(delete, key: 3)).outcome == .repeated(.deleted, .test(1), nil))
    }

    @Test("What is refused from the start is told of what was done before under its key, and of nothing else")
    func refusal() throws {
        var ledger = TaskLedger()
        let refuse = TaskCommand.Action.refuse(.test(2), because: .preconditionFailed(nil))
        #expect(run(&ledger, command(refuse)).outcome == .refused(.preconditionFailed(nil)))
        _ = run(&ledger, command(.create(.test(1), try TaskFields(title: "t"))))
        #expect(run(&ledger, command(refuse)).outcome == .repeated(.created, .test(1), ledger.store[.test(1)]))
        #expect(run(&ledger, command(refuse, key: 2)).outcome == .refused(.preconditionFailed(nil)))
    }

    @Test("While the first is in flight it waits for it, and is decided anew when that is dropped")
    func inFlight() throws {
        var ledger = TaskLedger()
        let create = command(.create(.test(1), try TaskFields(title: "t")))
        let first = ledger.decide(create)
        let second = ledger.decide(create)
        guard case .created(let task) = first.outcome else {
            Issue.record("not created")
            return
        }
        #expect(second.outcome == .repeated(.created, .test(1), task) && !second.isSettled)
        let other = ledger.decide(command(.create(.test(2), try TaskFields(title: "t")), content: 2))
        #expect(other.outcome == .refused(.keyMismatch) && !other.isSettled)
        ledger.drop()
        #expect(ledger.decide(create).outcome == first.outcome)
        ledger.drop()
        for event in first.events { try ledger.follow(event) }
        #expect(ledger.decide(create).outcome == second.outcome, "another server has made it")
        #expect(ledger.decide(create).isSettled)
    }

    @Test("Settled at once, the answers are the same")
    func settled() throws {
        var (slow, quick) = (TaskLedger(), TaskLedger())
        var kept: [TaskEvent] = []
        for (number, content) in [(1, 1), (1, 1), (1, 2), (2, 1)].enumerated() {
            let command = command(
                .create(.test(number + 1), try TaskFields(title: "t")), key: content.0, content: content.1)
            #expect(quick.settle(command) { kept.append($0) }.outcome == run(&slow, command).outcome)
        }
        #expect(kept.count == 2 && quick.keyed.count == 2)
    }

    @Test("A day later it is another change")
    func expiry() throws {
        var ledger = TaskLedger()
        _ = run(&ledger, command(.create(.test(1), try TaskFields(title: "t"))))
        let day = KeyedChange.lifetime
        let late = run(&ledger, command(.create(.test(2), try TaskFields(title: "t")), at: day - 1))
        #expect(late.outcome == .repeated(.created, .test(1), ledger.store[.test(1)]))
        let later = run(&ledger, command(.create(.test(2), try TaskFields(title: "t")), at: day))
        #expect(later.events.count == 1)
    }
}

extension IdempotencyKey {
    static func test(_ name: Int, content: Int = 1) -> IdempotencyKey {
        IdempotencyKey(
            name: Fingerprint(high: UInt64(name), low: 0), content: Fingerprint(high: 0, low: UInt64(content)))
    }
}
