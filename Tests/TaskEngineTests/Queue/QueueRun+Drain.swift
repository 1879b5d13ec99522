import SeededRandom

@testable import TaskEngine

// Rule 13: behind the last fault every task ends but those held, paused, missing a dependency, in a circle, or under `hold`.
extension QueueRun {
    /// Lets workers do all that there is to do, some attempts failing and some workers dying, until nothing waits for
    /// anything but a client.
    mutating func drain() throws {
        try keep(inFlight.count)
        if servers.other != nil { changeServers() }
        var faults = 30
        for _ in 0..<5_000 {
            try run(.settle(limit: 50))
            let before = ledger.sequence
            try run(.claim(Claim(worker: "last", limit: 5, lease: .seconds(5))))
            for task in held(by: "last") { try work(on: task, &faults) }
            try look()
            try keep(inFlight.count)
            guard ledger.sequence == before else { continue }
            guard waitForClock() else { return try checkRest() }
        }
        throw BrokenRule(
            description:
                "\(QueueRule.ends.rawValue). Found: it goes on for ever, at last by \(asked.suffix(3))")
    }

    private func held(by worker: PlainText) -> [TaskRecord] {
        decided.plain.tasks.values.filter { $0.work?.lease?.worker == worker }.sorted { $0.id < $1.id }
    }

    private mutating func work(on task: TaskRecord, _ faults: inout Int) throws {
        guard let fence = task.work?.lease?.fence else { return }
        guard faults > 0, random.once(in: 3) else { return try run(.complete(task.id, fence: fence, result: nil)) }
        faults -= 1
        // Or it dies, and its lease runs out.
        if random.once(in: 2) { try run(.fail(task.id, fence: fence, WorkFailure(WorkError(message: "m")))) }
    }

    private mutating func run(_ work: WorkCommand) throws {
        try decide(command(.work(work)))
        try keep(inFlight.count)
    }

    /// Of what is left each waits for something that is left itself, and so on, down to one that has a reason of its own: so
    /// it is enough that none is left that lacks nothing.
    private func checkRest() throws(BrokenRule) {
        let plain = kept.plain
        for task in plain.tasks.values where !task.status.isEnd {
            let state = plain.state(of: task)
            let hasReason =
                switch state {
                case .held: true
                case .ready: !plain.isFree(task.projectName)
                case .waiting: plain.dooms(of: task).isEmpty
                default: false
                }
            let (running, isPaused) = (
                plain.running(in: task.projectName), plain.settings(of: task.projectName).isPaused
            )
            try QueueRule.ends.check(
                hasReason && (state != .ready || isPaused), "\(task.id) is \(state), \(running) of its project run")
        }
    }
}
