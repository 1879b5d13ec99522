@testable import TaskEngine

/// One event of a decision, and the tasks before and behind it.
struct EventCheck {
    let event: TaskEvent
    let command: TaskCommand
    let (before, after): (QueueWatch, QueueWatch)
    /// The tasks whose place in the line may be a commit behind: what they need is in flight.
    let unsure: Set<TaskID>
    /// The server that has decided.
    let server: Int

    func check() throws(BrokenRule) {
        try QueueRule.folds.check(event.sequence == before.plain.sequence + 1, "event \(event.sequence)")
        switch event.change {
        case .created(let task):
            try checkSince(nil, task)
        case .updated(let task, _, _):
            guard let former = before.plain.tasks[task.id] else {
                throw BrokenRule(description: "\(task.id) was changed, and is not there")
            }
            try checkTransition(former, task)
            try checkSince(former, task)
            try checkAttempts(task)
            try checkDependence(former)
            if event.cause?.kind == .claimed { try checkClaim(former, task) }
            if event.cause != nil, former.work?.lease != nil, task.status == .pending {
                try checkWait(former, task)
            }
        case .deleted(let id, _):
            if event.cause?.kind == .retention { try checkRetention(id) }
        case .moved, .project: break
        }
    }
}

// MARK: - Transitions

extension EventCheck {
    private typealias States = (from: Set<TaskState>, to: Set<TaskState>)

    /// Section 2 of the contract. Where it says "ready" it may be "waiting": a dependency that was added to a running task
    /// binds its next attempt.
    private func states(of cause: TaskEvent.Cause) -> States {
        let pending: Set<TaskState> = [.waiting, .scheduled, .ready]
        return switch cause.kind {
        case .ready: ([.scheduled, .ready], [.scheduled, .ready])
        case .claimed: ([.ready], [.running])
        case .completed: (cause.isLate ? pending : [.running], [.completed])
        case .retrying, .released, .expired, .timedOut: ([.running], pending)
        case .undelivered: ([.running], [.waiting, .ready])
        case .failed: ([.running], [.failed])
        case .cancelled: (pending.union([.running, .held]), [.cancelled])
        case .retried: ([.failed, .cancelled], [.waiting, .ready])
        case .retention: ([], [])
        }
    }

    private func checkTransition(_ former: TaskRecord, _ task: TaskRecord) throws(BrokenRule) {
        let (from, to) = (before.plain.state(of: former), after.plain.state(of: task))
        let (lease, formerLease) = (task.work?.lease, former.work?.lease)
        try QueueRule.leases.check(
            lease == nil || lease?.fence == formerLease?.fence || event.cause?.kind == .claimed,
            "\(task.id) was leased by \(event.cause?.kind.rawValue ?? "a client")")
        try QueueRule.leases.check(lease == nil || task.status == .inProgress, "a lease of \(task.id), which is \(to)")
        try QueueRule.moves.check(
            lease == nil || lease?.server == server || lease == formerLease, "\(task.id) has another's lease")
        guard let cause = event.cause else { return }
        let allowed = states(of: cause)
        try QueueRule.transitions.check(
            allowed.from.contains(from) && allowed.to.contains(to), "\(cause.kind) from \(from) to \(to)")
    }

    /// A task that comes to another state stands behind all that did so before; one that is claimed, or given back with no
    /// wait, has its place.
    private func checkSince(_ former: TaskRecord?, _ task: TaskRecord) throws(BrokenRule) {
        guard isPlaceLost(former, task) else {
            return try QueueRule.turns.check(task.since == former?.since, "\(task.id) lost its place")
        }
        let since = Since(at: max(before.plain.latest, event.timestamp.milliseconds), by: event.sequence)
        try QueueRule.turns.check(task.since == since, "\(task.id) is where it is since \(task.since), not \(since)")
    }

    private func isPlaceLost(_ former: TaskRecord?, _ task: TaskRecord) -> Bool {
        guard let former else { return true }
        let hasOtherState = before.plain.state(of: former) != after.plain.state(of: task)
        let hasOtherWait = former.work?.due != task.work?.due
        switch event.cause?.kind {
        case .claimed, .undelivered: return false
        case .ready, .retrying, .timedOut: return true
        case .released, .expired: return hasOtherWait
        default: return hasOtherState || hasOtherWait
        }
    }
}

// MARK: - Attempts

extension EventCheck {
    private func checkAttempts(_ task: TaskRecord) throws(BrokenRule) {
        guard !task.status.isEnd, let past = after.pasts[task.id] else { return }
        let (attempt, stalls) = (task.work?.attempt ?? 0, task.work?.stalls ?? 0)
        try QueueRule.attempts.check(attempt == past.attempts, "\(attempt) for \(past.attempts) claims")
        try QueueRule.attempts.check(stalls == past.stalls, "\(stalls) stalls for \(past.stalls)")
        try QueueRule.attempts.check(attempt <= limit(of: task), "attempt \(attempt) of \(limit(of: task))")
        try QueueRule.attempts.check(stalls < task.work?.settings.maxStalls ?? 3, "\(stalls) stalls, and not failed")
    }

    private func limit(of task: TaskRecord) -> Int {
        task.work?.settings.maxAttempts ?? before.plain.settings(of: task.projectName).maxAttempts ?? 10
    }

    /// What an attempt that has ended is followed by: a wait, or none.
    private func checkWait(_ former: TaskRecord, _ task: TaskRecord) throws(BrokenRule) {
        guard let wait = wait(behind: former, task) else {
            return try QueueRule.delays.check(task.work?.due == nil, "\(task.id) waits for nothing")
        }
        guard wait.upperBound > 0 else { return }
        guard case .delay(let delay, let since) = task.work?.due else {
            throw BrokenRule(description: "\(QueueRule.delays.rawValue). Found: \(task.id) does not wait")
        }
        try QueueRule.delays.check(
            wait.contains(delay / .milliseconds(1)) && since == event.timestamp, "\(delay) since \(since), not \(wait)")
    }

    /// In milliseconds; nil for none.
    private func wait(behind former: TaskRecord, _ task: TaskRecord) -> ClosedRange<Double>? {
        let stalls = after.pasts[task.id]?.stalls ?? 0
        switch command.deed(on: task.id) {
        case .fail(_, _, let failure):
            if let wait = failure.retryAfter { return exactly(wait) }
            return backoff(of: former)
        case .timeOut: return backoff(of: former)
        case .expire: return stalls > 1 ? backoff(of: former) : nil
        case .release(_, _, let delay): return delay > .zero ? exactly(delay) : nil
        default: return nil
        }
    }

    private func exactly(_ wait: Duration) -> ClosedRange<Double> { wait / .milliseconds(1)...wait / .milliseconds(1) }

    /// Section 5 of the contract, to the millisecond.
    private func backoff(of task: TaskRecord) -> ClosedRange<Double> {
        let project = before.plain.settings(of: task.projectName)
        let policy = task.work?.settings.retry ?? project.retry ?? RetryPolicy()
        var wait = policy.base / .milliseconds(1)
        for _ in 1..<max(before.pasts[task.id]?.attempts ?? 1, 1) { wait *= policy.factor }
        wait = min(wait, policy.max / .milliseconds(1))
        let chance = Double(command.random) / Double(UInt64.max)
        let moved = wait * (1 + policy.jitter * (2 * chance - 1))
        return moved - 1...moved + 1
    }
}

// MARK: - Dependencies, retention

extension EventCheck {
    /// What a dependency is said to have caused.
    private func checkDependence(_ former: TaskRecord) throws(BrokenRule) {
        guard let by = event.cause?.by else { return }
        switch event.cause?.kind {
        case .cancelled:
            let dooms = before.plain.dooms(of: former)
            try QueueRule.transitions.check(dooms.contains(by), "\(former.id) was cancelled for \(by)")
        case .ready:
            let isFree = former.dependencies.contains(by) && before.plain.unmet(of: former).isEmpty
            try QueueRule.transitions.check(isFree, "\(former.id) was freed by \(by)")
        default: throw BrokenRule(description: "\(former.id): a cause by another task")
        }
    }

    private func checkRetention(_ id: TaskID) throws(BrokenRule) {
        guard case .work(.prune(let retention, _)) = command.action, let task = before.plain.tasks[id] else {
            throw BrokenRule(description: "\(id) was deleted by retention, not asked for")
        }
        let isEnded = task.status.isEnd && task.work?.isEndedByQueue ?? false
        let age = Duration.milliseconds(event.timestamp.milliseconds - task.since.at)
        let limit = task.status == .completed ? retention.completed : retention.failed
        let ended = before.plain.tasks.values.count { $0.status.isEnd && $0.work?.isEndedByQueue ?? false }
        let isOver = limit.map { age >= $0 } ?? false || retention.count.map { ended > $0 } ?? false
        let isNeeded = task.status == .failed && before.plain.dependants(of: id).contains { !$0.status.isEnd }
        try QueueRule.retention.check(isEnded && isOver && !isNeeded, "\(id), \(task.status), \(age) old")
    }
}
