import SeededRandom
import Testing

@testable import TaskEngine

/// Random commands of clients, workers and clocks, at a log that keeps some appends, fails at others, is written by another
/// server in between, and a process that is killed and begins again with what was kept.
private struct QueueRun {
    var random: SeededGenerator
    var ledger = TaskLedger()
    var waiting: [Decision] = []
    var log: [TaskEvent] = []
    var ids: [TaskID] = []
    var generator = TaskIDGenerator()
    var clock: Int64 = 1_000_000
    /// By the events: the last fence of each task.
    var fences: [TaskID: Int] = [:]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func step() throws {
        // The wall clock is set back or forward now and then.
        clock +=
            random.once(in: 50)
            ? Int64.random(in: -100_000...100_000, using: &random) : Int64.random(in: 0...900, using: &random)
        if waiting.isEmpty, random.once(in: 40) { return try follow() }
        let command = TaskCommand(
            try action(), requestID: "r", timestamp: Timestamp(milliseconds: clock), random: random.next())
        let (formerly, isSure) = (claimable(command), waiting.isEmpty)
        let decision = ledger.decide(command)
        try check(decision, formerly: formerly, isSure: isSure)
        waiting.append(decision)
        switch Int.random(in: 0..<20, using: &random) {
        case 0: try crash()
        case 1:
            ledger.drop()
            waiting = []
            fences = Self.fences(of: log)
        case 2...5: break
        default: keep(Int.random(in: 1...waiting.count, using: &random))
        }
    }

    mutating func keep(_ count: Int) {
        for decision in waiting.prefix(count) {
            ledger.commit(decision)
            log += decision.events
        }
        waiting.removeFirst(count)
    }

    /// Killed, also when a part of what is under way is kept: at any decision's end.
    mutating func crash() throws {
        keep(Int.random(in: 0...waiting.count, using: &random))
        waiting = []
        ledger = TaskLedger(store: ledger.store)
        fences = Self.fences(of: log)
        ids = Array(ledger.store.order)
    }

    /// Another server decides something on what was kept.
    mutating func follow() throws {
        var other = TaskLedger(store: ledger.store)
        let decision = other.decide(
            TaskCommand(try action(), requestID: "o", timestamp: Timestamp(milliseconds: clock), random: random.next()))
        for event in decision.events { try ledger.follow(event) }
        log += decision.events
        fences = Self.fences(of: log)
    }

    static func fences(of log: [TaskEvent]) -> [TaskID: Int] {
        var fences: [TaskID: Int] = [:]
        for event in log where event.cause?.kind == .claimed { fences[event.taskID ?? .test(0)] = event.sequence }
        return fences
    }

    /// The tasks that a claim has to choose from, the first turn first; nil if the command is no claim.
    func claimable(_ command: TaskCommand) -> [TaskID]? {
        guard case .work(.claim(let claim)) = command.action else { return nil }
        let tasks = Set(ids).compactMap { ledger.look(at: $0) }.filter { task in
            ledger.state(of: task) == .ready
                && (claim.types?.contains(task.work?.settings.type) ?? true)
                && (claim.projects?.contains(task.projectName) ?? true)
                && !ledger.settings(of: task.projectName).isPaused
        }
        return tasks.sorted { turn($0) < turn($1) }.map(\.id)
    }

    private func turn(_ task: TaskRecord) -> Turn { ledger.store.rank(of: task).turn(aging: ledger.lanes.aging) }

    mutating func check(_ decision: Decision, formerly: [TaskID]?, isSure: Bool) throws {
        for event in decision.events {
            guard case .updated(let task, _, _) = event.change, event.cause?.kind == .claimed else { continue }
            let lease = try #require(task.work?.lease)
            #expect(lease.fence == event.sequence && lease.fence > fences[task.id] ?? 0)
            fences[task.id] = lease.fence
            #expect(task.work?.attempt ?? 0 <= task.work?.settings.maxAttempts ?? 10)
            let running = ids.compactMap { ledger.look(at: $0) }.count {
                $0.work?.lease != nil && $0.projectName == task.projectName
            }
            #expect(running <= ledger.settings(of: task.projectName).maxRunning ?? .max)
        }
        guard let formerly, case .claimed(let tasks, false) = decision.outcome else { return }
        #expect(tasks.allSatisfy { formerly.contains($0.task.id) }, "claimed before it was ready")
        let isLimited = ids.contains {
            ledger.look(at: $0).map { ledger.settings(of: $0.projectName).maxRunning != nil } ?? false
        }
        if isSure, !isLimited { #expect(tasks.map(\.task.id) == Array(formerly.prefix(tasks.count))) }
    }

    mutating func action() throws -> TaskCommand.Action {
        let kind = Int.random(in: 0..<24, using: &random)
        if ids.count < 3 || (kind < 4 && ids.count < 40) { return try create() }
        let id = ids.randomElement(using: &random) ?? .test(1)
        let current = ledger.look(at: id)
        let lease = current?.work?.lease?.fence
        let fence =
            random.once(in: 5) ? Int.random(in: 0...max(ledger.sequence, 1), using: &random) : lease ?? fences[id] ?? 0
        switch kind {
        case 0..<4: return try .update(id, fields(isNew: false))
        case 4:
            ids.removeAll { $0 == id }
            return .delete(id)
        case 5...9: return .work(.claim(claim()))
        case 10: return .work(.complete(id, fence: fence, result: random.once(in: 2) ? JSONBody(checked: [49]) : nil))
        case 11:
            return .work(
                .fail(id, fence: fence, WorkFailure(WorkError(message: "m"), isRetryable: !random.once(in: 4))))
        case 12: return .work(.release(id, fence: fence, delay: random.once(in: 2) ? .zero : .seconds(1)))
        case 13: return .work(.undeliver(id, fence: fence))
        case 14: return .work(.expire(id, fence: fence))
        case 15: return .work(.timeOut(id, fence: fence))
        case 16: return .work(.wake(id, since: current?.since ?? Since(at: 0, by: 0)))
        case 17: return .work(.cancel(id, reason: nil, force: random.once(in: 2)))
        case 18: return .work(.retry(id))
        case 19, 20: return .work(.settle(limit: Int.random(in: 1...5, using: &random)))
        case 21:
            return random.once(in: 4)
                ? .work(.prune(Retention(completed: .seconds(60), count: 20), limit: 5))
                : .work(.renew(id, fence: fence, lease: nil))
        case 22:
            var settings = ProjectSettings()
            settings.maxRunning = random.once(in: 2) ? Int.random(in: 1...3, using: &random) : nil
            settings.isPaused = random.once(in: 4)
            return .work(.setProject(random.once(in: 2) ? "red" : nil, settings))
        default:
            let first = try create()
            return .several([
                first, try create(), .work(.claim(claim())), .work(.complete(id, fence: fence, result: nil)),
            ])
        }
    }

    mutating func claim() -> Claim {
        Claim(
            worker: ["v", "w"][Int.random(in: 0...1, using: &random)], types: random.once(in: 3) ? [nil, "a"] : nil,
            projects: random.once(in: 4) ? ["red"] : nil, limit: Int.random(in: 1...3, using: &random),
            key: random.once(in: 3) ? ["k", "l"].randomElement(using: &random) : nil)
    }

    mutating func create() throws -> TaskCommand.Action {
        let id = generator.next(at: Timestamp(milliseconds: clock), random: random.next())
        ids.append(id)
        return .create(id, try fields(isNew: true))
    }

    mutating func fields(isNew: Bool) throws -> TaskFields {
        let needs = (0..<Int.random(in: 0...2, using: &random)).compactMap { _ in ids.randomElement(using: &random) }
        var fields = try TaskFields(
            title: isNew ? "t" : nil,
            status: random.once(in: 6) ? TaskStatus.allCases.randomElement(using: &random) : nil,
            priority: random.once(in: 3) ? Int.random(in: -3...3, using: &random) : nil,
            needs: random.once(in: 2) ? needs : nil,
            project: random.once(in: 3) ? [nil, "red"].randomElement(using: &random) : nil)
        if random.once(in: 3) { try fields.set(type: ["a", "b", nil].randomElement(using: &random) ?? nil) }
        if random.once(in: 6), fields.status ?? .pending == .pending { try fields.set(delay: 2) }
        if isNew, random.once(in: 4) { try fields.set(maxAttempts: 2) }
        if random.once(in: 3) {
            try fields.set(onDependencyFailure: ["cancel", "hold", "ignore"].randomElement(using: &random) ?? "hold")
        }
        if isNew, random.once(in: 4) { try fields.set(uniqueKey: "u", onConflict: random.once(in: 2) ? "reject" : nil) }
        return fields
    }
}

@Suite("Whatever happens to the work queue")
struct QueuePropertyTests {
    @Test(
        "Random commands, failing appends, crashes and other servers break no invariant", arguments: [1, 2] as [UInt64])
    func invariants(seed: UInt64) throws {
        var run = QueueRun(seed: seed)
        for step in 0..<20_000 {
            try run.step()
            guard step < 300 || step % 250 == 0 else { continue }
            try #require(run.ledger.brokenInvariant == nil, "seed \(seed), step \(step)")
            guard run.waiting.isEmpty || step % 1_000 == 0 else { continue }
            try #require(run.ledger.store.brokenInvariant == nil, "seed \(seed), step \(step)")
            let names = run.ledger.store.tasks().compactMap(\.uniqueName)
            try #require(Set(names).count == names.count, "a unique key twice")
        }
        run.keep(run.waiting.count)
        var folded = TaskStore()
        for event in run.log { try folded.apply(event) }
        #expect(folded == run.ledger.store)
        #expect(Set(run.log.compactMap { $0.cause?.kind }) == Set(TaskEvent.Cause.Kind.allCases))
    }
}
