/// An event that does not follow from those before it: the log it came from is damaged, or another one.
public enum ReplayError: Error, Sendable, Hashable {
    /// The event's number is not the next one.
    case outOfSequence(expected: Int, found: Int)
    /// The task of this event exists already.
    case taskExists(TaskID, sequence: Int)
    /// The task of this event does not exist.
    case noSuchTask(TaskID, sequence: Int)
}

extension TaskStore {
    /// Applies the next event of the log.
    ///
    /// State is the fold of the log: a store that begins empty and applies all events is the store that the server had.
    /// If it throws, nothing was changed.
    /// - Complexity: O(log *n* + edges that change); a deletion also counts the tasks that needed it.
    public mutating func apply(_ event: TaskEvent) throws(ReplayError) {
        guard event.sequence == sequence + 1 else {
            throw .outOfSequence(expected: sequence + 1, found: event.sequence)
        }
        switch event.change {
        case .created(let task):
            if let former = write(task, at: event.sequence) {
                records.updateValue(former, for: task.id)
                throw .taskExists(task.id, sequence: event.sequence)
            }
            enter(task)
        case .updated(let task, _, _):
            guard let former = self[task.id] else { throw .noSuchTask(task.id, sequence: event.sequence) }
            replace(former, by: task, at: event.sequence)
        case .moved(let task, _, _):
            guard records[task.id] != nil else { throw .noSuchTask(task.id, sequence: event.sequence) }
        case .deleted(let id, _):
            guard let task = records.removeValue(for: id) else {
                throw .noSuchTask(id, sequence: event.sequence)
            }
            unlink(task, at: event.sequence)
        }
        sequence = event.sequence
    }

    /// Puts a task that was written into everything else.
    mutating func enter(_ task: TaskRecord) {
        order.insert(task.id)
        lastID = lastID.map { max($0, task.id) } ?? task.id
        if !task.dependencies.isEmpty { graph.setDependencies(of: task.id, to: task.dependencies) }
        if task.status == .pending { queue.insert(task.id, priority: task.priority) }
    }

    private mutating func replace(_ former: TaskRecord, by task: TaskRecord, at sequence: Int) {
        write(task, at: sequence)
        if former.dependencies != task.dependencies {
            graph.setDependencies(of: task.id, to: task.dependencies)
        }
        switch (former.status == .pending, task.status == .pending) {
        case (false, true): queue.insert(task.id, priority: task.priority)
        case (true, false): queue.remove(task.id)
        case (true, true) where former.priority != task.priority: queue.update(task.id, priority: task.priority)
        default: break
        }
    }

    /// Takes a task that has left the records out of everything else.
    private mutating func unlink(_ task: TaskRecord, at sequence: Int) {
        order.remove(task.id)
        if task.status == .pending { queue.remove(task.id) }
        for dependent in graph.remove(task.id) {
            records.change(dependent) { $0.shorten(at: sequence) }
        }
    }

    /// Writes a task's record, and returns the one that it had.
    @discardableResult
    private mutating func write(_ task: TaskRecord, at sequence: Int) -> TaskRecord? {
        var task = task
        if task.revision != sequence { task.revision = sequence }
        return records.updateValue(task, for: task.id)
    }
}
