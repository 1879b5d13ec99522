import SeededRandom

@testable import TaskEngine

/// Random commands of clients, workers and clocks, at a log that keeps some appends, fails at others, is written by another
/// server in between, and a process that is killed at any event and begins again with what was kept. Each decision is
/// checked against the rules, and the clock against a plain one.
struct QueueRun<Random: RandomNumberGenerator>: ~Copyable {
    /// What was decided, and waits for the log.
    struct Undecided {
        let command: TaskCommand
        let decision: Decision
    }

    var random: Random
    var servers = QueueServers()
    var ledger = TaskLedger(server: 1)
    var inFlight: [Undecided] = []
    var log: [TaskEvent] = []
    var folded = TaskStore()

    /// What the log has kept, and over it what was decided.
    var (kept, decided) = (QueueWatch(), QueueWatch())
    /// The tasks that something in flight has changed, and those whose place rests on it.
    var (touched, unsure): (Set<TaskID>, Set<TaskID>) = ([], [])

    var clock = QueueClock()
    var plainClock = PlainClock()
    /// Nanoseconds of a clock that is never set, and how far the one on the wall is before it, in milliseconds.
    var (steady, lead): (Int64, Int64) = (0, 1_000_000_000)
    /// What the clock has asked for: it may be asked for once more, too late.
    var asked: [WorkCommand] = []

    /// Tasks that commands name; some are gone.
    var ids: [TaskID] = []
    var generator = TaskIDGenerator()

    init(random: Random) { self.random = random }

    var time: QueueClock.Time {
        QueueClock.Time(steady: steady, wall: Timestamp(milliseconds: lead + steady / 1_000_000))
    }

    mutating func command(_ action: TaskCommand.Action) -> TaskCommand {
        TaskCommand(action, requestID: "r", timestamp: time.wall, random: random.next())
    }

    /// What the server, a worker or a client asks for, and then whatever becomes of it.
    mutating func step() throws {
        steady += Int64.random(in: 0...1_500_000_000, using: &random)
        if random.once(in: 50) { lead += Int64.random(in: -4_000_000...4_000_000, using: &random) }
        if random.once(in: 60) { changeServers() }
        if random.once(in: 3) { try look() }
        try decide(command(try action()))
        switch Int.random(in: 0..<40, using: &random) {
        case 0: try crash()
        case 1: try drop()
        case 2: try fallBehind()
        case 3...10: break
        default: try keep(Int.random(in: 0...inFlight.count, using: &random))
        }
    }
}

extension QueueRun where Random == SeededGenerator {
    init(seed: UInt64) { self.init(random: SeededGenerator(seed: seed)) }
}

// MARK: - Deciding

extension QueueRun {
    mutating func decide(_ command: TaskCommand) throws {
        if case .work(.renew(let id, let fence, let length)) = command.action {
            _ = clock.renew(id, fence: fence, length: length, at: time)
            plainClock.renew(id, fence: fence, length: length, at: time)
        }
        let isSure = inFlight.isEmpty
        if isSure, random.once(in: 3) { return try decideAndKeep(command) }
        let decision = ledger.decide(command)
        try watch(decision, of: command, isSure: isSure)
        guard !decision.events.isEmpty || !decision.isSettled else { return hearAgain(command) }
        inFlight.append(Undecided(command: command, decision: decision))
    }

    /// As with a log that keeps events before it returns.
    private mutating func decideAndKeep(_ command: TaskCommand) throws {
        var told: [TaskEvent] = []
        let decision = ledger.settle(command) { told.append($0) }
        try QueueRule.folds.check(told == Array(decision.events), "\(told.count) events were to be kept")
        try watch(decision, of: command, isSure: true, isKept: true)
        for event in decision.events { try note(event, of: command) }
        if decision.events.isEmpty { hearAgain(command) }
        settle()
    }

    private mutating func watch(_ decision: Decision, of command: TaskCommand, isSure: Bool, isKept: Bool = false)
        throws
    {
        let before = decided
        for event in decision.events {
            var after = decided
            after.note(event, of: command)
            try EventCheck(
                event: event, command: command, before: decided, after: after, unsure: unsure, server: servers.own
            ).check()
            noteTouched(event, after.plain)
            decided = after
        }
        if case .renewed(let task, _) = decision.outcome, let fence = task.work?.lease?.fence {
            decided.noteRenewal(of: fence)
            if fence <= kept.plain.sequence { kept.noteRenewal(of: fence) }
        }
        try DecisionCheck(
            command: command, decision: decision, before: before, after: decided, unsure: unsure, isSure: isSure,
            server: servers.own
        ).check()
        try checkPlaces(isSure: isSure && (isKept || decision.events.isEmpty))
    }

    private mutating func noteTouched(_ event: TaskEvent, _ after: PlainQueue) {
        guard let id = event.taskID else { return }
        touched.insert(id)
        unsure.formUnion((decided.plain.dependants(of: id) + after.dependants(of: id)).map(\.id))
        if after.tasks[id]?.dependencies.contains(where: touched.contains) ?? false { unsure.insert(id) }
    }

    /// Rule 3, and the engine's tasks are those of the model.
    private func checkPlaces(isSure: Bool) throws(BrokenRule) {
        let (ledger, plain, unsure) = (ledger, decided.plain, unsure)
        for task in plain.tasks.values {
            let (found, bodies) = (ledger.look(at: task.id), ledger.bodies(of: task.id))
            try QueueRule.folds.check(
                found == task && bodies == plain.bodies(of: task.id), "\(task.id) is another")
            guard isSure || !unsure.contains(task.id) else { continue }
            let state = plain.state(of: task)
            try QueueRule.places.check(
                ledger.lanes.contains(task.id) == (state == .ready) && ledger.state(of: task) == state,
                "\(task.id) is \(state)")
            guard isSure else { continue }
            let unmet = plain.unmet(of: task).count
            try QueueRule.places.check(ledger.store.unmet(of: task.id) == unmet, "\(task.id) is short of \(unmet)")
        }
        for project in [nil, "red"] as [PlainText?] {
            let running = plain.running(in: project)
            try QueueRule.limits.check(
                ledger.lanes.running(in: project) == running, "\(running) in \(project?.text ?? "")")
        }
    }
}

// MARK: - The clock

extension QueueRun {
    /// - Parameter isOthers: Whether another server has told of it.
    mutating func hear(_ task: TaskRecord, isRead: Bool = false, isOthers: Bool = false) {
        let isOthers = task.work?.lease.map { $0.server == servers.other } ?? isOthers
        clock.hear(task, at: time, isRead: isRead, isOthers: isOthers)
        plainClock.hear(task, at: time, isRead: isRead, isOthers: isOthers)
    }

    /// The other server comes, or dies: what it keeps is this one's then, a portion after the other.
    mutating func changeServers() {
        guard let dead = servers.change(isSame: random.once(in: 2)) else { return }
        plainClock.inherit(from: dead, at: time)
        while clock.inherit(from: dead, at: time, limit: 2) {}
    }

    /// Nothing came of what the clock has asked for: the task may wait for something else.
    mutating func hearAgain(_ command: TaskCommand) {
        guard case .work(let work) = command.action, work.isOfClock, let id = work.call?.id, let task = folded[id]
        else { return }
        hear(task)
    }

    /// Rule 12: the clock asks for what is due, and for nothing else.
    mutating func look() throws {
        try QueueRule.clocks.check(clock.count == plainClock.count, "\(clock.count) wait, and not \(plainClock.count)")
        let wait = clock.nextLook(at: time)
        let due = plainClock.takeDue(at: time, other: servers.other)
        try QueueRule.clocks.check(
            due.isEmpty || wait == .zero, "what is due is looked at in \(String(describing: wait))")
        let other = servers.other
        let found = clock.takeDue(at: time, limit: 500, hasOthers: other != nil) { $0 == other }
        let asksForIt = found.count == due.count && found.allSatisfy { due[$0.task] == $0.command }
        try QueueRule.clocks.check(asksForIt, "\(found) is due, and not \(due)")
        for (_, work) in found {
            asked.append(work)
            try decide(command(.work(work)))
        }
        if asked.count > 20 { asked.removeFirst(asked.count - 20) }
    }

    /// Lets the time pass until something is due, and says whether there is anything.
    mutating func waitForClock() -> Bool {
        guard let wait = clock.nextLook(at: time) else { return false }
        steady += max(Int64((wait / .nanoseconds(1)).rounded()), 1_000_000)
        // The clock on the wall may have been set back by hours since a client named an instant.
        if wait == .seconds(1) { lead += 600_000 }
        return true
    }
}
