/// An end is told to those that waited for it, or dooms them: so many in one decision.
///
/// The store knows which tasks are left (`TaskStore.unsettled`), a function of the records. So it goes on after a crash, and
/// with the next decision. What is cancelled here dooms its own dependants at once, so that a long chain takes few
/// decisions.
extension TaskLedger {
    /// - Complexity: O(`limit` · (log *n* + dependencies of a task)), and O(dependants of what is cancelled).
    mutating func settled(_ limit: Int, _ draft: inout Draft) -> Decision.Outcome {
        draft.note(isInFlight: !overlay.isEmpty)
        let (first, start) = (Array(store.unsettled.prefix(limit)), draft.events.count)
        var line = first
        var place = 0
        while place < line.count, draft.events.count - start < limit {
            settle(line[place], &draft, doomed: &line)
            place += 1
        }
        return .swept(hasMore: place < line.count || first.count == limit)
    }

    /// Tells one task, or cancels it, as far as that is to be done. Those that it dooms are added to the line.
    private mutating func settle(_ id: TaskID, _ draft: inout Draft, doomed: inout [TaskID]) {
        guard let former = look(at: id), former.status == .pending else { return }
        if let by = doom(of: former) {
            _ = cancel(former, .dependencyFailed(by), in: &draft)
            doomed.append(contentsOf: store.graph.dependents(of: id))
        } else if let by = news(of: former), unmet(of: former) == 0 {
            var task = former
            task.since = next(at: draft.timestamp)
            _ = tell(former, becomes: task, .ready, by: by, changes: [.state], in: &draft)
        }
    }

    /// The dependency whose end the task was not told of: of several the last.
    private func news(of task: TaskRecord) -> TaskID? {
        let ends = task.dependencies.lazy.compactMap { look(at: $0) }.filter { dependency in
            dependency.work?.isEndedByQueue ?? false && dependency.since.by > task.since.by
        }
        return ends.max { $0.since.by < $1.since.by }?.id
    }
}

extension Cancellation {
    static func dependencyFailed(_ id: TaskID) -> Cancellation { Cancellation(reason: "DEPENDENCY_FAILED", by: id) }
}
