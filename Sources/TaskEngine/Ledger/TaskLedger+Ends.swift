/// What ends a task, or its wait, but for a worker.
extension TaskLedger {
    /// The wait for `due` is over. A task that is short of a dependency has only that to wait for then.
    mutating func woken(_ id: TaskID, _ due: Due, _ draft: inout Draft) -> Decision.Outcome {
        guard let former = look(at: id, in: &draft), former.status == .pending, var work = former.work, work.due == due
        else { return .swept(hasMore: false) }
        work.due = nil
        var task = former
        task.work = work
        task.since = next(at: draft.timestamp)
        let isReady = state(of: task) == .ready
        _ = tell(former, becomes: task, isReady ? .ready : nil, changes: [.runAt], in: &draft)
        return .swept(hasMore: false)
    }

    /// Cancels a task. A worker that has it is asked to let it go, unless it is to be forced.
    mutating func cancelled(
        _ id: TaskID, _ reason: PlainText?, _ isForced: Bool, _ draft: inout Draft
    ) throws(TaskError) -> Decision.Outcome {
        let former = try existing(id, in: &draft)
        guard !former.status.isEnd else { throw .invalidTransition(id, state(of: former)) }
        guard !isForced, var work = former.work, work.lease != nil else {
            let cancellation = former.work?.cancellation ?? Cancellation(reason: reason)
            return .worked(cancel(former, cancellation, in: &draft))
        }
        guard work.cancellation == nil else { return .worked(former) }
        work.cancellation = Cancellation(reason: reason)
        var task = former
        task.work = work
        return .worked(tell(former, becomes: task, nil, changes: [.cancelRequested], in: &draft))
    }

    /// Lets a task that has failed, or was cancelled, begin anew.
    mutating func retried(_ id: TaskID, _ draft: inout Draft) throws(TaskError) -> Decision.Outcome {
        let former = try existing(id, in: &draft)
        guard former.status == .failed else { throw .invalidTransition(id, state(of: former)) }
        var task = former
        task.status = .pending
        if var work = former.work {
            work.restart()
            task.work = work
        }
        try claimName(of: task, insteadOf: former, &draft)
        task.since = next(at: draft.timestamp)
        return .worked(tell(former, becomes: task, .retried, in: &draft))
    }

    /// - Throws: `.duplicateTask` if another task has the unique key that this one comes to have.
    func claimName(
        of task: TaskRecord, insteadOf former: TaskRecord?, _ draft: inout Draft
    ) throws(TaskError) {
        guard let name = task.uniqueName, name != former?.uniqueName, let holder = holder(of: name) else { return }
        draft.note(isInFlight: overlay.names[name] != nil)
        throw .duplicateTask(holder)
    }
}
