@testable import TaskEngine

/// One decision, and the tasks before and behind it.
struct DecisionCheck {
    let command: TaskCommand
    let decision: Decision
    let (before, after): (QueueWatch, QueueWatch)
    /// See ``EventCheck``. Empty if nothing is in flight.
    let unsure: Set<TaskID>
    let isSure: Bool
    /// The server that has decided.
    let server: Int

    func check() throws(BrokenRule) {
        try checkKeys()
        if case .refused = decision.outcome {
            try QueueRule.fences.check(decision.events.isEmpty, "events of a command that was refused")
        }
        switch command.action {
        case .create(_, let fields): try checkCreation(fields)
        case .several(let parts): try checkSeveral(parts)
        case .work(.claim(let claim)): try checkClaim(claim)
        case .work(.settle(let limit)): try checkSettling(limit)
        case .work(.wake(let id, let due)): try checkWake(id, due)
        case .work(let work): try checkCall(work)
        case .update, .delete, .refuse: break
        }
    }

    private var isDone: Bool { !decision.events.isEmpty }
}

// MARK: - Unique keys

extension DecisionCheck {
    private func checkKeys() throws(BrokenRule) {
        let names = after.plain.tasks.values.compactMap(\.uniqueName)
        try QueueRule.uniqueness.check(Set(names).count == names.count, "a key twice among \(names)")
        guard case .refused(.duplicateTask(let holder?)) = decision.outcome else { return }
        // One that is made by the same command may have taken it.
        let isLive = before.plain.tasks[holder]?.liveKey != nil || command.parts.count > 1
        try QueueRule.uniqueness.check(isLive, "\(holder) has a key, and is not there or has ended")
    }

    private func checkCreation(_ fields: TaskFields) throws(BrokenRule) {
        if case .created(let task) = decision.outcome {
            try QueueRule.transitions.check(after.plain.dooms(of: task).isEmpty, "\(task.id) is made, and doomed")
        }
        guard let unique = fields.work?.value.unique, !(fields.status ?? .pending).isEnd else {
            guard case .created = decision.outcome else {
                throw BrokenRule(description: "A task was not created, but \(decision.outcome)")
            }
            return
        }
        let holder = before.plain.holder(of: unique.key, in: fields.project ?? nil)
        let isRight =
            switch (decision.outcome, holder) {
            case (.created, nil): true
            case (.duplicate(let task), let holder?):
                unique.onConflict == .existing && task == before.plain.tasks[holder] && !isDone
            case (.refused(.duplicateTask(let id)), let holder?): unique.onConflict == .reject && id == holder
            default: false
            }
        try QueueRule.uniqueness.check(
            isRight, "\(decision.outcome), and the key's holder is \(String(describing: holder))")
    }

    private func checkSeveral(_ parts: [TaskCommand.Action]) throws(BrokenRule) {
        guard case .several(let outcomes) = decision.outcome else { return }
        try QueueRule.uniqueness.check(
            outcomes.count == parts.count, "\(outcomes.count) answers to \(parts.count) parts")
        for (part, outcome) in zip(parts, outcomes) {
            guard case .create = part else { continue }
            switch outcome {
            case .created, .duplicate: break
            default: throw BrokenRule(description: "Of several tasks one was not made: \(outcome)")
            }
        }
    }
}

// MARK: - Claims

extension DecisionCheck {
    private func checkClaim(_ claim: Claim) throws(BrokenRule) {
        guard case .claimed(let tasks, let isReplayed) = decision.outcome else {
            throw BrokenRule(description: "A claim was answered by \(decision.outcome)")
        }
        let held = claim.key.map { before.plain.held(by: claim.worker, claim: $0) } ?? []
        guard held.isEmpty else {
            try QueueRule.leases.check(
                isReplayed && tasks.map(\.task.id) == held.map(\.id),
                "\(tasks.map(\.task.id)), and not \(held.map(\.id))"
            )
            return try checkMoves(of: held, to: tasks.map(\.task))
        }
        let claimed = decision.events.compactMap(\.taskID)
        try QueueRule.claims.check(!isReplayed && tasks.map(\.task.id) == claimed, "an answer other than the events")
        try QueueRule.claims.check(tasks.count <= claim.limit, "\(tasks.count) of \(claim.limit)")
        guard tasks.count < claim.limit else { return }
        let left = after.plain.tasks.values.first { after.plain.admits(claim, $0) && !unsure.contains($0.id) }
        try QueueRule.claims.check(left == nil, "\(String(describing: left?.id)) was left")
    }
}

// MARK: - Moves

extension DecisionCheck {
    /// What a worker gets again is this server's then, and nothing else has become of it.
    private func checkMoves(of held: [TaskRecord], to tasks: [TaskRecord]) throws(BrokenRule) {
        let moved = held.filter { $0.work?.lease?.server != server }.map(\.id)
        try QueueRule.moves.check(
            decision.events.compactMap(\.taskID) == moved && decision.events.allSatisfy { $0.cause == nil },
            "\(decision.events.count) events of \(moved)")
        for (former, task) in zip(held, tasks) {
            var expected = former.work
            expected?.lease?.server = server
            try QueueRule.moves.check(
                task.work == expected && (moved.contains(task.id) || task == former), "\(former) became \(task)")
        }
    }
}

// MARK: - Calls with a fence

extension DecisionCheck {
    /// What is to become of a call: section 4 of the contract.
    private enum Answer { case done, again, late, kept, refused, missing }

    private func answer(to call: WorkCommand, _ id: TaskID, _ fence: Int) -> Answer {
        guard let task = before.plain.tasks[id] else { return .missing }
        if task.work?.lease?.fence == fence { return .done }
        guard let ended = before.pasts[id]?.ended, ended.fence == fence else { return .refused }
        switch (call, ended.how) {
        case (.complete, .completed), (.fail, .failed), (.release, .released): return .again
        case (.complete, .ranOut) where task.status == .pending: return .late
        case (.fail, .ranOut) where task.status == .pending: return .kept
        default: return .refused
        }
    }

    private func checkCall(_ work: WorkCommand) throws(BrokenRule) {
        guard let (id, fence) = work.call else { return }
        switch work {
        case .expire(_, _, let keeper), .undeliver(_, _, let keeper):
            let lease = before.plain.tasks[id]?.work?.lease
            try QueueRule.moves.check(
                isDone == (lease?.fence == fence && lease?.server == keeper), "\(work) of \(String(describing: lease))")
        case .timeOut:
            let isDue = before.plain.tasks[id]?.work?.lease?.fence == fence
            try QueueRule.fences.check(
                isDone == isDue, "\(work) of \(String(describing: before.plain.tasks[id]?.work))")
        case .complete, .fail, .release, .renew:
            let answer = answer(to: work, id, fence)
            try QueueRule.fences.check(
                isRight(answer, work, id), "\(work) came to \(decision.outcome), and not \(answer)")
        default: break
        }
    }

    private func isRight(_ answer: Answer, _ call: WorkCommand, _ id: TaskID) -> Bool {
        let (task, cause) = (before.plain.tasks[id], decision.events.first?.cause)
        switch answer {
        case .missing: return decision.outcome == .refused(.taskNotFound(id))
        case .refused:
            guard let task else { return false }
            let error = TaskError.leaseLost(id, before.plain.state(of: task), fence: task.work?.lease?.fence)
            return decision.outcome == .refused(error)
        case .again: return decision.outcome == task.map { .worked($0) } && !isDone
        case .late: return cause?.kind == .completed && cause?.isLate ?? false
        case .kept: return decision.events.count == 1 && cause == nil
        case .done:
            guard case .renew(_, _, let length) = call else { return isDone && cause?.isLate == false }
            guard case .renewed(_, let isAskedToEnd) = decision.outcome else { return false }
            let lease = task?.work?.lease
            let isNews = length ?? .zero > lease?.length ?? .zero || lease?.server != server
            return isDone == isNews && isAskedToEnd == (task?.work?.cancellation != nil)
        }
    }

    private func checkWake(_ id: TaskID, _ due: Due) throws(BrokenRule) {
        let task = before.plain.tasks[id]
        let isDue = task?.status == .pending && task?.work?.due == due
        try QueueRule.fences.check(isDone == isDue, "a wait that is over: \(String(describing: task?.work?.due))")
    }
}

// MARK: - Settling

extension DecisionCheck {
    private func checkSettling(_ limit: Int) throws(BrokenRule) {
        try QueueRule.ends.check(decision.events.count <= limit, "\(decision.events.count) events of \(limit)")
        guard isSure, decision.outcome == .swept(hasMore: false) else { return }
        let plain = after.plain
        for task in plain.tasks.values where task.status == .pending {
            try QueueRule.ends.check(plain.dooms(of: task).isEmpty, "\(task.id) is doomed, and not cancelled")
            guard plain.unmet(of: task).isEmpty else { continue }
            let news = task.dependencies.compactMap { plain.tasks[$0] }.filter {
                $0.work?.isEndedByQueue ?? false && $0.since.by > task.since.by
            }
            try QueueRule.ends.check(news.isEmpty, "\(task.id) was not told that it is free")
        }
    }
}
