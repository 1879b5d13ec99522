@testable import TaskEngine

/// What the tasks are, and what each has been through: all that the rules look at, made of events and of the commands that
/// have led to them.
struct QueueWatch {
    private(set) var plain = PlainQueue()
    private(set) var pasts: [TaskID: TaskPast] = [:]
    /// The fences of leases that were renewed, which is no event.
    private(set) var renewed: Set<Int> = []

    mutating func note(_ event: TaskEvent, of command: TaskCommand) {
        if let id = event.taskID {
            let before = plain.tasks[id]
            plain.apply(event)
            if let task = plain.tasks[id] {
                pasts[id, default: TaskPast()].goOn(from: before, to: task, event, command, renewed)
            } else {
                pasts[id] = nil
            }
        } else {
            plain.apply(event)
        }
    }

    mutating func noteRenewal(of fence: Int) { renewed.insert(fence) }

    /// Forgets what a server that begins anew does not know: renewals, and times of tasks that were deleted.
    mutating func beginAnew() {
        renewed = []
        plain.forgetDeleted()
    }

    /// Knows again what a server that goes on has known.
    mutating func recall(_ known: QueueWatch) {
        renewed.formUnion(known.renewed)
        plain.recall(known.plain)
    }
}

/// The claims of a task.
struct TaskPast {
    /// How the last lease has come to its end.
    enum End { case completed, failed, released, ranOut, other }

    /// The highest that the task ever had.
    var lastFence = 0
    /// Claims that were not given back.
    var attempts = 0
    /// Leases that have run out in a row without a renewal.
    var stalls = 0
    /// The lease that has ended last, if no claim came behind it and no client has set the status since.
    var ended: (fence: Int, how: End)?

    mutating func goOn(
        from before: TaskRecord?, to task: TaskRecord, _ event: TaskEvent, _ command: TaskCommand, _ renewed: Set<Int>
    ) {
        let deed = command.deed(on: task.id)
        let (former, lease) = (before?.work?.lease, task.work?.lease)
        if let lease, lease.fence != former?.fence {
            (lastFence, attempts, ended) = (lease.fence, attempts + 1, nil)
        } else if let former, lease == nil {
            end(former.fence, by: deed, isRenewed: renewed.contains(former.fence) || former.isRenewed)
        } else if former == nil, case .ranOut? = ended?.how, deed?.isEndOfAttempt ?? false {
            // Late.
            ended?.how = deed?.end ?? .other
        }
        if event.cause?.kind == .retried { (attempts, stalls, ended) = (0, 0, nil) }
        if event.cause == nil, let before, before.status != task.status {
            ended = nil
            if before.status.isEnd { (attempts, stalls) = (0, 0) }
        }
    }

    private mutating func end(_ fence: Int, by deed: WorkCommand?, isRenewed: Bool) {
        ended = (fence, deed?.end ?? .other)
        switch deed {
        case .expire: stalls = isRenewed ? 1 : stalls + 1
        case .release, .undeliver: attempts -= 1
        case .complete, .fail, .timeOut: stalls = 0
        case .cancel: break
        default: attempts -= 1  // A client has set the status.
        }
    }
}

extension TaskCommand {
    /// The actions that it asks for.
    var parts: [Action] {
        if case .several(let parts) = action { parts } else { [action] }
    }

    /// What it does to the task, if that is a thing of the work queue.
    func deed(on id: TaskID) -> WorkCommand? {
        for case .work(let command) in parts where command.call?.id == id { return command }
        return nil
    }

    /// The claim among its parts.
    var claim: Claim? {
        for case .work(.claim(let claim)) in parts { return claim }
        return nil
    }
}

extension WorkCommand {
    /// The task and the fence that it names; the fence is 0 where none is asked for.
    var call: (id: TaskID, fence: Int)? {
        switch self {
        case .renew(let id, let fence, _), .complete(let id, let fence, _), .fail(let id, let fence, _),
            .release(let id, let fence, _), .undeliver(let id, let fence, _), .expire(let id, let fence, _),
            .timeOut(let id, let fence):
            (id, fence)
        case .wake(let id, _), .cancel(let id, _, _), .retry(let id): (id, 0)
        case .claim, .settle, .prune, .setProject: nil
        }
    }

    /// Whether a worker tells by it what has become of its attempt.
    fileprivate var isEndOfAttempt: Bool {
        switch self {
        case .complete, .fail: true
        default: false
        }
    }

    fileprivate var end: TaskPast.End {
        switch self {
        case .complete: .completed
        case .fail: .failed
        case .release: .released
        case .expire, .timeOut: .ranOut
        default: .other
        }
    }
}
