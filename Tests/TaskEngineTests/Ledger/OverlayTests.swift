import SeededRandom
import Testing

@testable import TaskEngine

@Suite("Decided and not yet confirmed")
struct OverlayTests {
    @Test("Reads see the committed store alone, commands also what was decided")
    func overlay() throws {
        var ledger = TaskLedger()
        let created = ledger.decide(TaskCommand(.create(.test(1), try TaskFields(title: "one"))))
        #expect(ledger.store[.test(1)] == nil)
        let updated = ledger.decide(TaskCommand(.update(.test(1), try TaskFields(title: "two"))))
        #expect(updated.events.map(\.sequence) == [2])
        ledger.commit(created)
        #expect(ledger.store[.test(1)]?.title == "one")
        let unchanged = ledger.decide(TaskCommand(.update(.test(1), try TaskFields(title: "two"))))
        #expect(unchanged.events.isEmpty)
        #expect(!unchanged.isSettled, "the title it agrees with may never be")
        ledger.commit(updated)
        ledger.commit(unchanged)
        #expect(ledger.store[.test(1)]?.title == "two")
        #expect(ledger.decide(TaskCommand(.update(.test(1), try TaskFields(title: "two")))).isSettled)
    }

    @Test("A refusal that rests on a deletion in flight is not settled, one that rests on nothing is")
    func refusal() throws {
        var ledger = try filled(1)
        _ = ledger.decide(TaskCommand(.delete(.test(1))))
        let refused = ledger.decide(TaskCommand(.delete(.test(1))))
        #expect(refused.outcome == .refused(.taskNotFound(.test(1))))
        #expect(!refused.isSettled)
        #expect(ledger.decide(TaskCommand(.delete(.test(2)))).isSettled)
        ledger.drop()
        #expect(ledger.store.count == 1)
        #expect(ledger.decide(TaskCommand(.delete(.test(1)))).outcome == .deleted, "the task is still there")
    }

    @Test("An expected revision is that of the task as it will be")
    func expectedRevision() throws {
        var ledger = try filled(1)
        _ = ledger.decide(TaskCommand(.update(.test(1), try TaskFields(title: "new"))))
        let old = ledger.decide(TaskCommand(.delete(.test(1), expecting: Precondition(required: .listed([1])))))
        #expect(old.outcome == .refused(.preconditionFailed(.test(1))))
        #expect(
            ledger.decide(TaskCommand(.delete(.test(1), expecting: Precondition(required: .listed([2]))))).outcome
                == .deleted)
    }

    @Test("What is dropped is gone with every later decision, and the numbers are given again")
    func failureInTheMiddle() throws {
        var ledger = TaskLedger()
        let decisions = try (1...4).map { number in
            ledger.decide(TaskCommand(.create(.test(number), try TaskFields(title: "t"))))
        }
        ledger.commit(decisions[0])
        ledger.drop()
        #expect(ledger.overlay.isEmpty)
        let retried = ledger.decide(TaskCommand(.create(.test(5), try TaskFields(title: "t"))))
        #expect(retried.events.map(\.sequence) == [2])
        ledger.commit(retried)
        #expect(ledger.store.tasks().map(\.id) == [.test(1), .test(5)])
        #expect(ledger.store.sequence == 2)
        #expect(
            ledger.decide(TaskCommand(.update(.test(3), TaskFields()))).outcome == .refused(.taskNotFound(.test(3))))
    }

    @Test("A deletion in flight leaves the dependencies of tasks committed and tasks in flight")
    func deletion() throws {
        var ledger = try filled(2)
        ledger.run(.update(.test(2), try TaskFields(needs: [.test(1)])))
        ledger.run(.create(.test(3), try TaskFields(title: "t", needs: [.test(1)])))
        var pending = [
            ledger.decide(TaskCommand(.create(.test(4), try TaskFields(title: "t", needs: [.test(1)])))),
            ledger.decide(TaskCommand(.update(.test(3), try TaskFields(needs: [])))),
        ]
        let deleted = ledger.decide(TaskCommand(.delete(.test(1))))
        pending.append(deleted)
        for number in 2...4 {
            pending.append(ledger.decide(TaskCommand(.update(.test(number), try TaskFields(title: "new")))))
        }
        pending.append(ledger.decide(TaskCommand(.update(.test(2), try TaskFields(needs: [.test(1)])))))
        for decision in pending {
            ledger.commit(decision)
            guard case .updated(let task) = decision.outcome else { continue }
            #expect(ledger.store[task.id] == task)
        }
        #expect(ledger.store[.test(2)]?.dependencies == [.test(1)], "named again after it was deleted: missing")
        #expect(ledger.store[.test(4)]?.dependencies == [])
        #expect(ledger.store.brokenInvariant == nil)
    }

    @Test("A deletion in flight leaves alone a task that needs it in the store, but no longer as decided")
    func noLongerNeeded() throws {
        var ledger = try filled(2)
        ledger.run(.update(.test(2), try TaskFields(needs: [.test(1)])))
        let freed = ledger.decide(TaskCommand(.update(.test(2), try TaskFields(needs: []))))
        _ = ledger.decide(TaskCommand(.delete(.test(1))))
        let revisions = freed.events.map(\.sequence)
        let update = TaskCommand.Action.update(
            .test(2), try TaskFields(title: "new"), expecting: Precondition(required: .listed(revisions)))
        #expect(ledger.decide(TaskCommand(update)).events.count == 1)
    }

    @Test(
        "A late log decides as one that answers at once, whatever fails", arguments: [1, 2, 3, 20_260_102] as [UInt64])
    func equivalence(seed: UInt64) throws {
        var source = CommandSource(seed: seed, size: 40)
        var random = SeededGenerator(seed: seed)
        var late = TaskLedger()
        var atOnce = TaskLedger()
        var waiting: [(command: TaskCommand, decision: Decision)] = []
        for step in 0..<10_000 {
            let command = try source.next()
            let decision = late.decide(command)
            if decision.isSettled {
                #expect(decision.outcome == atOnce.decide(command).outcome, "seed \(seed), step \(step)")
            } else {
                waiting.append((command, decision))
            }
            for _ in 0..<Int.random(in: 0...2, using: &random) where !waiting.isEmpty {
                let (command, decision) = waiting.removeFirst()
                if random.once(in: 60) {
                    late.drop()
                    waiting.removeAll()
                } else {
                    let expected = atOnce.decide(command)
                    late.commit(decision)
                    atOnce.commit(expected)
                    #expect(decision.events == expected.events, "seed \(seed), step \(step)")
                    #expect(decision.outcome == expected.outcome, "seed \(seed), step \(step)")
                }
            }
            guard step % 200 == 0 else { continue }
            #expect(late.store == atOnce.store, "seed \(seed), step \(step)")
        }
    }

    @Test("Events of another server are applied when the overlay is dropped, and commands are decided behind them")
    func others() throws {
        var (one, other) = (try filled(1), try filled(1))
        let deleted = other.run(.delete(.test(1)))
        _ = one.decide(TaskCommand(.update(.test(1), try TaskFields(title: "new"))))
        one.drop()
        for event in deleted.events { try one.follow(event) }
        #expect(one.store == other.store)
        #expect(throws: ReplayError.outOfSequence(expected: 3, found: 2)) { try one.follow(deleted.events[0]) }
        let anew = one.decide(TaskCommand(.update(.test(1), try TaskFields(title: "new"))))
        #expect(anew.outcome == .refused(.taskNotFound(.test(1))))
        let created = one.run(.create(.test(2), try TaskFields(title: "t")))
        #expect(created.events.map(\.sequence) == [3])
    }

    @Test("What is confirmed leaves the overlay empty")
    func confirmation() throws {
        var source = CommandSource(seed: 4)
        var ledger = TaskLedger()
        var waiting: [Decision] = []
        for _ in 0..<2000 { waiting.append(ledger.decide(try source.next())) }
        for decision in waiting {
            ledger.commit(decision)
        }
        #expect(ledger.overlay.isEmpty)
    }

    private func filled(_ count: Int) throws -> TaskLedger {
        var ledger = TaskLedger()
        for number in 1...count { ledger.run(.create(.test(number), try TaskFields(title: "t"))) }
        return ledger
    }
}
