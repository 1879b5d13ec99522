import Foundation
import Testing

@testable import TaskEngine

/// The work queue against the rules of its contract: see ``QueueRule``.
///
/// `QUEUE_COMMANDS` and `QUEUE_SEED` in the environment say how many random commands are decided, and which. A failure says
/// both.
@Suite("Whatever happens to the work queue")
struct QueuePropertyTests {
    static let commands = number("QUEUE_COMMANDS") ?? 4_000
    static let seeds: [UInt64] = number("QUEUE_SEED").map { [UInt64($0)] } ?? [1, 2]

    @Test("Random commands, clocks, failing appends, crashes and other servers break no rule", arguments: seeds)
    func rules(seed: UInt64) throws {
        var run = QueueRun(seed: seed)
        for step in 0..<Self.commands {
            do {
                try run.step()
                if run.inFlight.isEmpty, step < 300 || step % 100 < 10 { try run.checkFold() }
                if step % 2_000 == 1_999 { try run.drain() }
            } catch let broken as BrokenRule {
                Issue.record("Seed \(seed), command \(step): \(broken.description)")
                return
            }
        }
        try run.keep(run.inFlight.count)
        try run.checkFold()
        let log = run.log
        var folded = TaskStore()
        for event in log { try folded.apply(event) }
        #expect(folded == run.folded)
        let causes = Set(log.compactMap { $0.cause?.kind })
        #expect(Self.commands < 4_000 || causes == Set(TaskEvent.Cause.Kind.allCases))
    }

    private static func number(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }
}
