import Testing

@testable import TaskEngine

@Suite("State is the fold of the log")
struct FoldTests {
    @Test(
        "Random commands keep all parts of the store in step, and the log gives it again",
        arguments: [(1, 100_000), (20_260_102, 10_000)] as [(UInt64, Int)])
    func fold(seed: UInt64, commands: Int) throws {
        var source = CommandSource(seed: seed)
        var ledger = TaskLedger()
        var log: [TaskEvent] = []
        for step in 0..<commands {
            let decision = ledger.decide(try source.next())
            ledger.commit(decision)
            log += decision.events
            try #require(ledger.store.sequence == log.count)
            guard step < 500 || step % 500 == 0 else { continue }
            try #require(ledger.store.brokenInvariant == nil, "seed \(seed), step \(step)")
        }
        #expect(ledger.store.count > 50)
        #expect(Set(log.map(\.name)) == ["task.created", "task.updated", "task.moved", "task.deleted"])

        var folded = TaskStore()
        for event in log { try folded.apply(event) }
        #expect(folded == ledger.store, "seed \(seed)")
        #expect(folded.queue.elements.elementsEqual(ledger.store.queue.elements), "the heap lies in memory as it did")

        var restarted = TaskLedger(store: folded)
        for _ in 0..<100 {
            let command = try source.next()
            #expect(restarted.decide(command) == ledger.decide(command), "seed \(seed)")
        }
    }

    @Test("Settled at once, commands have the same answers, events and store as through a log that is slow")
    func settled() throws {
        var source = CommandSource(seed: 11)
        var (slow, quick) = (TaskLedger(), TaskLedger())
        var kept: [TaskEvent] = []
        for _ in 0..<2_000 {
            let command = try source.next()
            let decision = slow.decide(command)
            let count = kept.count
            let settled = quick.settle(command) { kept.append($0) }
            #expect(settled.outcome == decision.outcome && settled.events == decision.events && settled.isSettled)
            #expect(kept[count...].elementsEqual(decision.events))
            slow.commit(decision)
        }
        #expect(quick.store == slow.store)
        #expect(quick.store.brokenInvariant == nil)
    }

    @Test("The events of the log are the only thing a client needs to keep a copy")
    func client() throws {
        var source = CommandSource(seed: 9)
        var ledger = TaskLedger()
        var copy: [TaskID: TaskRecord] = [:]
        for _ in 0..<5000 {
            let decision = ledger.decide(try source.next())
            ledger.commit(decision)
            for event in decision.events {
                switch event.change {
                case .created(let task), .updated(let task, _, _), .moved(let task, _, _): copy[task.id] = task
                case .deleted(let id, _):
                    copy[id] = nil
                    for key in copy.keys { copy[key]?.dependencies.removeAll { $0 == id } }
                case .project: break
                }
            }
        }
        for task in ledger.store.tasks() {
            var kept = try #require(copy[task.id])
            kept.revision = task.revision
            #expect(kept == task)
        }
        #expect(copy.count == ledger.store.count)
    }
}
