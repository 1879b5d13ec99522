/// What the work queue does.
extension TaskLedger {
    /// - Throws: Why it is not done; then nothing was told.
    mutating func work(_ command: WorkCommand, _ draft: inout Draft) throws(TaskError) -> Decision.Outcome {
        switch command {
        case .claim(let claim): claimed(claim, &draft)
        case .renew(let id, let fence, let lease): try renewed(id, fence, lease, &draft)
        case .complete(let id, let fence, let result): try completed(id, fence, result, &draft)
        case .fail(let id, let fence, let failure): try failed(id, fence, failure, &draft)
        case .release(let id, let fence, let delay): try released(id, fence, delay, &draft)
        case .undeliver(let id, let fence, let keeper): undelivered(id, fence, keeper, &draft)
        case .expire(let id, let fence, let keeper): expired(id, fence, keeper, &draft)
        case .timeOut(let id, let fence): timedOut(id, fence, &draft)
        case .wake(let id, let due): woken(id, due, &draft)
        case .cancel(let id, let reason, let isForced): try cancelled(id, reason, isForced, &draft)
        case .retry(let id): try retried(id, &draft)
        case .settle(let limit): settled(limit, &draft)
        case .prune(let retention, let limit): pruned(retention, limit, &draft)
        case .setProject(let name, let change): try configured(name, change, &draft)
        }
    }

    /// Tells a transition: the task as it is from now on.
    ///
    /// - Parameter changes: What differs beside status and state.
    mutating func tell(
        _ former: TaskRecord, becomes task: consuming TaskRecord, _ kind: TaskEvent.Cause.Kind?, by: TaskID? = nil,
        isLate: Bool = false, changes: [TaskField] = [], bodies: BodyChange? = nil, in draft: inout Draft
    ) -> TaskRecord {
        task.updatedAt = draft.timestamp
        task.revision = sequence + 1
        let hasOtherState = state(of: former) != state(of: task)
        let changes = Self.fields(
            status: former.status != task.status, changes, state: hasOtherState)
        let cause = kind.map { TaskEvent.Cause($0, by: by, isLate: isLate) }
        tell(.updated(task, changes: changes), former: former, task, cause: cause, bodies: bodies, in: &draft)
        return task
    }

    /// What a transition changes, in the order of the fields; made anew only where it is more than most change.
    private static func fields(status: Bool, _ changes: [TaskField], state: Bool) -> [TaskField] {
        switch (status, state) {
        case (true, true): changes.isEmpty ? statusAndState : [.status] + changes + [.state]
        case (true, false): [.status] + changes
        case (false, true): changes + [.state]
        case (false, false): changes
        }
    }

    private static let statusAndState: [TaskField] = [.status, .state]

    /// The queue cancels a task, whatever it is doing.
    mutating func cancel(
        _ former: TaskRecord, _ cancellation: Cancellation, lease outcome: Attempt.Outcome = .cancelled,
        error: WorkError? = nil, isGivenBack: Bool = false, in draft: inout Draft
    ) -> TaskRecord {
        var task = former
        var work = task.work ?? WorkState()
        if isGivenBack { work.attempt -= 1 }
        work.endLease(outcome, at: draft.timestamp, error: error)
        if let error { work.error = error }
        work.finish(at: draft.timestamp)
        work.cancellation = cancellation
        task.work = work
        task.status = .failed
        task.since = next(at: draft.timestamp)
        return tell(former, becomes: task, .cancelled, by: cancellation.by, in: &draft)
    }
}
