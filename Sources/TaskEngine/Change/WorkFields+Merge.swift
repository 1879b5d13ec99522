extension WorkFields {
    /// What the queue knows of a new task with these fields; nil if they say nothing.
    func newState(at time: Timestamp) -> WorkState? {
        var work = WorkState()
        _ = merge(into: &work, at: time)
        work.settings.unique = unique
        // A task that carries something is one for workers.
        return work == WorkState() && (payload ?? nil) == nil ? nil : work
    }

    /// Writes the values that are set into a task, and returns the fields in which they differ from what it had.
    func merge(into task: inout TaskRecord, at time: Timestamp) -> [TaskField] {
        var work = task.work ?? WorkState()
        let changed = merge(into: &work, at: time)
        // A payload lies apart, but what carries one is for workers.
        if !changed.isEmpty || (payload ?? nil) != nil { task.work = work }
        return changed
    }

    private func merge(into work: inout WorkState, at time: Timestamp) -> [TaskField] {
        var changed: [TaskField] = []
        func merge<Value: Equatable>(_ value: Value?, into current: inout Value, as field: TaskField) {
            guard let value, value != current else { return }
            current = value
            changed.append(field)
        }
        merge(type, into: &work.settings.type, as: .type)
        if let start {
            merge(.some(start.due(at: time)), into: &work.due, as: start.field ?? .runAt)
        }
        merge(maxAttempts.map(Optional.some), into: &work.settings.maxAttempts, as: .maxAttempts)
        merge(retry.map(Optional.some), into: &work.settings.retry, as: .retry)
        merge(lease.map(Optional.some), into: &work.settings.lease, as: .lease)
        merge(timeout.map(Optional.some), into: &work.settings.timeout, as: .timeout)
        merge(maxStalls.map(Optional.some), into: &work.settings.maxStalls, as: .maxStalls)
        merge(
            onDependencyFailure.map(Optional.some), into: &work.settings.onDependencyFailure, as: .onDependencyFailure)
        return changed
    }
}
