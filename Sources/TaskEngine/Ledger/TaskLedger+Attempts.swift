/// How attempts end. What a call with a fence may still do is a table:
///
/// | call with | the lease's fence | the last one, its lease ran out, pending | the last one, which has ended so | any other |
/// |---|---|---|---|---|
/// | complete | done | done, late | the first result stands | refused |
/// | fail | failed | the error is kept | nothing | refused |
/// | release | released | refused | nothing | refused |
extension TaskLedger {
    mutating func completed(
        _ id: TaskID, _ fence: Int, _ result: JSONBody?, _ draft: inout Draft
    ) throws(TaskError) -> Decision.Outcome {
        let former = try existing(id, in: &draft)
        guard var work = former.work else { throw lost(former) }
        if work.outcome(of: fence) == .completed { return .worked(former) }
        let isLate = former.mayBeLate(with: fence)
        guard work.fence == fence || isLate else { throw lost(former) }
        if isLate { work.amendLast(.completed, at: draft.timestamp) }
        work.endLease(.completed, at: draft.timestamp)
        work.finish(at: draft.timestamp)
        (work.error, work.cancellation) = (nil, nil)
        var task = former
        task.work = work
        task.status = .completed
        task.since = next(at: draft.timestamp)
        let hasResult = result != nil || bodies(of: id).result != nil
        let change = hasResult ? BodyChange(result: .some(result)) : nil
        return .worked(tell(former, becomes: consume task, .completed, isLate: isLate, bodies: change, in: &draft))
    }

    mutating func failed(
        _ id: TaskID, _ fence: Int, _ failure: WorkFailure, _ draft: inout Draft
    ) throws(TaskError) -> Decision.Outcome {
        let former = try existing(id, in: &draft)
        guard var work = former.work else { throw lost(former) }
        let error = failure.error.cut
        if work.fence == fence {
            let delay = failure.retryAfter ?? wait(of: former, draft)
            let end = AttemptEnd(
                .failed, .retrying, error: error, isFinal: !failure.isRetryable, stalls: 0, wait: delay)
            return .worked(conclude(former, end, &draft))
        }
        if work.outcome(of: fence) == .failed { return .worked(former) }
        guard former.mayBeLate(with: fence) else { throw lost(former) }
        work.amendLast(.failed, at: draft.timestamp, error: error)
        work.error = error
        var task = former
        task.work = work
        return .worked(tell(former, becomes: task, nil, changes: [.error], in: &draft))
    }

    mutating func released(
        _ id: TaskID, _ fence: Int, _ delay: Duration, _ draft: inout Draft
    ) throws(TaskError) -> Decision.Outcome {
        let former = try existing(id, in: &draft)
        guard let work = former.work else { throw lost(former) }
        if work.outcome(of: fence) == .released { return .worked(former) }
        guard work.fence == fence else { throw lost(former) }
        let wait = delay > .zero ? delay : nil
        let end = AttemptEnd(.released, .released, isGivenBack: true, stalls: work.stalls, wait: wait)
        return .worked(conclude(former, end, &draft))
    }

    mutating func undelivered(
        _ id: TaskID, _ fence: Int, _ keeper: Int, _ draft: inout Draft
    ) -> Decision.Outcome {
        if let (former, work) = leased(id, fence, &draft), work.keeper == keeper {
            let end = AttemptEnd(.undelivered, .undelivered, isGivenBack: true, stalls: work.stalls, wait: nil)
            _ = conclude(former, end, &draft)
        }
        return .swept(hasMore: false)
    }

    /// The first lease in a row that runs out gives the task its old place; behind the others it waits.
    mutating func expired(
        _ id: TaskID, _ fence: Int, _ keeper: Int, _ draft: inout Draft
    ) -> Decision.Outcome {
        if let (former, work) = leased(id, fence, &draft), work.keeper == keeper {
            let isRenewed = work.lease?.isRenewed ?? false || holdings.isRenewed(fence)
            let stalls = isRenewed ? 1 : work.stalls + 1
            let isStalled = stalls >= work.settings.maxStalls ?? WorkSettings.standardMaxStalls
            var end = AttemptEnd(.expired, .expired, isFinal: isStalled, stalls: stalls, wait: nil)
            if stalls > 1 { end.wait = wait(of: former, draft) }
            end.finalError = isStalled && !isLast(former) ? .stalled : .leaseExpired
            _ = conclude(former, end, &draft)
        }
        return .swept(hasMore: false)
    }

    mutating func timedOut(_ id: TaskID, _ fence: Int, _ draft: inout Draft) -> Decision.Outcome {
        if let (former, _) = leased(id, fence, &draft) {
            let wait = wait(of: former, draft)
            _ = conclude(former, AttemptEnd(.timedOut, .timedOut, error: .timedOut, stalls: 0, wait: wait), &draft)
        }
        return .swept(hasMore: false)
    }

    /// The task, if a lease of that fence holds it.
    private func leased(_ id: TaskID, _ fence: Int, _ draft: inout Draft) -> (TaskRecord, WorkState)? {
        guard let task = look(at: id, in: &draft), let work = task.work, work.fence == fence else { return nil }
        return (task, work)
    }
}

/// How an attempt has ended that has not done its task.
private struct AttemptEnd {
    let outcome: Attempt.Outcome
    let cause: TaskEvent.Cause.Kind
    /// Kept with the task.
    var error: WorkError?
    /// Kept with it in place of `error` if the task fails.
    var finalError: WorkError?
    var isGivenBack = false
    /// Whether the task fails, however many attempts it has left.
    var isFinal = false
    let stalls: Int
    /// Until it is tried again; nil for at once, in its old place.
    var wait: Duration?

    init(
        _ outcome: Attempt.Outcome, _ cause: TaskEvent.Cause.Kind, error: WorkError? = nil, isGivenBack: Bool = false,
        isFinal: Bool = false, stalls: Int, wait: Duration?
    ) {
        self.outcome = outcome
        self.cause = cause
        self.error = error
        self.isGivenBack = isGivenBack
        self.isFinal = isFinal
        self.stalls = stalls
        self.wait = wait
    }
}

extension TaskLedger {
    /// What becomes of a task whose attempt has ended so: cancelled if that was asked for, failed if it is not to be
    /// tried again, else pending.
    private mutating func conclude(_ former: TaskRecord, _ end: AttemptEnd, _ draft: inout Draft) -> TaskRecord {
        var work = former.work ?? WorkState()
        if let cancellation = work.cancellation {
            return cancel(
                former, cancellation, lease: end.outcome, error: end.error, isGivenBack: end.isGivenBack, in: &draft)
        }
        var task = former
        let hasFailed = end.isFinal || (!end.isGivenBack && isLast(former))
        work.endLease(end.outcome, at: draft.timestamp, error: end.error)
        if end.isGivenBack { work.attempt -= 1 }
        if let error = hasFailed ? end.finalError ?? end.error : end.error { work.error = error }
        if hasFailed {
            work.finish(at: draft.timestamp)
        } else {
            work.due = end.wait.flatMap { $0 > .zero ? .delay($0, since: draft.timestamp) : nil }
        }
        work.stalls = end.stalls
        task.work = work
        task.status = hasFailed ? .failed : .pending
        if hasFailed || end.wait != nil { task.since = next(at: draft.timestamp) }
        return tell(former, becomes: consume task, hasFailed ? .failed : end.cause, in: &draft)
    }

    /// Whether the task has no attempt left behind this one.
    private func isLast(_ task: TaskRecord) -> Bool {
        let limit = task.work?.settings.maxAttempts ?? settings(of: task.projectName).maxAttempts
        return task.work?.attempt ?? 0 >= limit ?? WorkSettings.standardMaxAttempts
    }

    /// How long the task waits behind the attempt that it is in.
    private func wait(of task: TaskRecord, _ draft: Draft) -> Duration {
        let policy = task.work?.settings.retry ?? settings(of: task.projectName).retry ?? .standard
        return policy.delay(behind: task.work?.attempt ?? 1, random: draft.random)
    }
}

extension TaskRecord {
    /// Whether a worker that had that fence may still say what has become of it: its lease has run out, and no other
    /// worker has the task since.
    fileprivate func mayBeLate(with fence: Int) -> Bool {
        guard status == .pending else { return false }
        return switch work?.outcome(of: fence) {
        case .expired, .timedOut: true
        default: false
        }
    }
}

extension WorkState {
    /// The last attempt has come to something else after all.
    fileprivate mutating func amendLast(
        _ outcome: Attempt.Outcome, at time: Timestamp, error: WorkError? = nil
    ) {
        guard let last = attempts.indices.last else { return }
        attempts[last].outcome = outcome
        attempts[last].endedAt = time
        attempts[last].error = error?.brief
    }
}
