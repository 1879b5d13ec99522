/// What the queue has ended is not kept for ever.
extension TaskLedger {
    /// Deletes so many tasks at most that have ended too long ago, or that are too many, the first ended first.
    ///
    /// One that has failed stays while a task that has not ended needs it; of those no more than four times `limit` are
    /// looked at.
    /// - Complexity: O(`limit` · log *n* + dependants of those that are looked at).
    mutating func pruned(_ retention: Retention, _ limit: Int, _ draft: inout Draft) -> Decision.Outcome {
        draft.note(isInFlight: !overlay.isEmpty)
        let start = draft.events.count
        let (end, now) = (start + limit, draft.timestamp.milliseconds)
        if let age = retention.completed {
            prune(store.completedTasks.prefix(limit * 4), until: end, &draft) { .milliseconds(now - $0) >= age }
        }
        if let age = retention.failed {
            prune(store.failedTasks.prefix(limit * 4), until: end, &draft) { .milliseconds(now - $0) >= age }
        }
        if let count = retention.count {
            let rest = max(store.endedCount - (draft.events.count - start) - count, 0)
            prune(store.endedTasks.prefix(limit * 4), until: min(end, draft.events.count + rest), &draft) { _ in true }
        }
        return .swept(hasMore: draft.events.count - start == limit)
    }

    /// Deletes those of the tasks that may go, until one is too young, or there are so many events.
    private mutating func prune(
        _ ends: some Sequence<EndedTask>, until limit: Int, _ draft: inout Draft, while isOver: (Int64) -> Bool
    ) {
        for end in ends where draft.events.count < limit {
            guard let task = look(at: end.id), task.since.by == end.by else { continue }
            guard isOver(task.since.at) else { return }
            if task.status == .failed, isNeeded(task.id) { continue }
            let change = TaskEvent.Change.deleted(task.id, project: task.project)
            tell(change, former: task, nil, cause: TaskEvent.Cause(.retention), in: &draft)
        }
    }

    private func isNeeded(_ id: TaskID) -> Bool {
        store.graph.dependents(of: id).contains { look(at: $0).map { !$0.status.isEnd } ?? false }
    }
}
