/// What the queue has ended is not kept for ever.
extension TaskLedger {
    /// Deletes so many tasks at most that have ended too long ago, or that are too many, the first ended first.
    ///
    /// One that has failed stays while a task that has not ended needs it. No more than four times `limit` are looked at;
    /// the next call goes on behind those that have to stay, and one that has come to the end begins anew.
    /// - Complexity: O(`limit` · log *n* + dependants of those that are looked at).
    mutating func pruned(_ retention: Retention, _ limit: Int, _ draft: inout Draft) -> Decision.Outcome {
        draft.note(isInFlight: !overlay.isEmpty)
        guard store.endedCount > 0 else { return .swept(hasMore: false) }
        let start = draft.events.count
        let (end, now) = (start + limit, draft.timestamp.milliseconds)
        let needed = neededInFlight
        let former = keptUpTo.take()
        if let age = retention.completed {
            let tasks = tasks(of: store.completedTasks, but: needed, limit, of: limit) {
                .milliseconds(now - $0) >= age
            }
            delete(tasks, &draft)
        }
        if let age = retention.failed {
            let rest = end - draft.events.count
            let ends = IteratorSequence(store.failedTasks(after: former))
            let tasks = tasks(of: ends, but: needed, rest, of: limit) { .milliseconds(now - $0) >= age }
            delete(tasks, &draft)
        }
        if let count = retention.count {
            let rest = min(end - draft.events.count, max(endedCount - count, 0))
            let tasks = tasks(of: store.endedTasks(failedAfter: former), but: needed, rest, of: limit) { _ in true }
            delete(tasks, &draft)
        }
        return .swept(hasMore: draft.events.count - start == limit || keptUpTo != nil)
    }

    /// Those of the tasks that may go, until one is too young, or there are so many, or four times `limit` were looked at:
    /// then the last that had to stay is noted. They are found before the first of them goes, so that nothing changes that
    /// is walked through.
    private mutating func tasks(
        of ends: some Sequence<EndedTask>, but needed: Set<TaskID>, _ count: Int, of limit: Int,
        while isOver: (Int64) -> Bool
    ) -> [TaskRecord] {
        var (tasks, looks, kept): ([TaskRecord], Int, EndedTask?) = ([], 0, nil)
        for end in ends {
            guard tasks.count < count else { return tasks }
            guard looks < limit * 4 else {
                keptUpTo = kept
                return tasks
            }
            looks += 1
            guard let task = look(at: end.id), task.since.by == end.by else { continue }
            guard isOver(task.since.at) else { break }
            if task.status == .failed, needed.contains(task.id) || isNeeded(task.id) {
                kept = end
            } else {
                tasks.append(task)
            }
        }
        return tasks
    }

    private mutating func delete(_ tasks: [TaskRecord], _ draft: inout Draft) {
        for task in tasks {
            let change = TaskEvent.Change.deleted(task.id, project: task.project)
            tell(change, former: task, nil, cause: TaskEvent.Cause(.retention), in: &draft)
        }
    }

    /// How many the queue has ended, those counted that the log has not confirmed. O(what stands in the overlay).
    private var endedCount: Int {
        overlay.ids.reduce(store.endedCount) { count, id in
            let (former, task) = (store[id]?.ending, look(at: id)?.ending)
            return count + (task?.isByQueue ?? false ? 1 : 0) - (former?.isByQueue ?? false ? 1 : 0)
        }
    }

    /// What live tasks need as is decided and not confirmed. O(what stands in the overlay and its dependencies).
    private var neededInFlight: Set<TaskID> {
        Set(overlay.ids.compactMap { look(at: $0) }.filter { !$0.status.isEnd }.flatMap(\.dependencies))
    }

    private func isNeeded(_ id: TaskID) -> Bool {
        store.graph.dependents(of: id).contains { look(at: $0).map { !$0.status.isEnd } ?? false }
    }
}
