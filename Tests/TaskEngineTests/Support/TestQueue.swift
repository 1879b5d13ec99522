import Testing

@testable import TaskEngine

/// A ledger whose log answers at once, workers that claim from it, and a clock that is turned by hand.
struct TestQueue {
    var ledger = TaskLedger()
    var log: [TaskEvent] = []
    /// Milliseconds.
    var clock: Int64 = 1_000

    @discardableResult
    mutating func run(_ action: TaskCommand.Action, random: UInt64 = 1 << 63) -> Decision {
        let decision = ledger.decide(command(action, random: random))
        ledger.commit(decision)
        log += decision.events
        return decision
    }

    func command(_ action: TaskCommand.Action, random: UInt64 = 1 << 63) -> TaskCommand {
        TaskCommand(action, requestID: "test", timestamp: Timestamp(milliseconds: clock), random: random)
    }

    /// Does what the queue's command says, and returns what came of it.
    @discardableResult
    mutating func work(_ command: WorkCommand, random: UInt64 = 1 << 63) -> Decision.Outcome {
        run(.work(command), random: random).outcome
    }

    /// Creates the task of that number.
    @discardableResult
    mutating func add(
        _ number: Int, _ set: (inout TaskFields) throws -> Void = { _ in }
    ) throws -> Decision.Outcome {
        var fields = try TaskFields(title: "task \(number)")
        try set(&fields)
        return run(.create(.test(number), fields)).outcome
    }

    @discardableResult
    mutating func patch(
        _ number: Int, _ set: (inout TaskFields) throws -> Void
    ) throws -> Decision.Outcome {
        var fields = TaskFields()
        try set(&fields)
        return run(.update(.test(number), fields)).outcome
    }

    /// The tasks that a worker gets.
    mutating func claim(_ claim: Claim = Claim(worker: "w")) -> [TaskRecord] {
        guard case .claimed(let tasks, _) = work(.claim(claim)) else { return [] }
        return tasks.map(\.task)
    }

    /// Claims one task, and returns its fence.
    mutating func fence() throws -> Int {
        try #require(claim().first?.work?.lease?.fence)
    }

    func task(_ number: Int) throws -> TaskRecord { try #require(ledger.store[.test(number)]) }

    func workState(_ number: Int) throws -> WorkState { try #require(try task(number).work) }

    func state(_ number: Int) throws -> TaskState { ledger.store.state(of: try task(number)) }

    /// Lets the clock go on until the task of that number is due, and wakes it.
    mutating func wake(_ number: Int) throws {
        let task = try task(number)
        let due = try #require(task.work?.due)
        switch due {
        case .instant(let instant): clock = max(clock, instant.milliseconds)
        case .delay(let delay, let since): clock = max(clock, since.milliseconds + Int64(delay / .milliseconds(1)))
        }
        work(.wake(task.id, due: due))
    }

    /// The names of causes, in the order of the log.
    var causes: [TaskEvent.Cause.Kind] { log.compactMap { $0.cause?.kind } }
}
