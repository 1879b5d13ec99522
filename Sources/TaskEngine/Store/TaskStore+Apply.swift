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
    /// - Complexity: O(log *n* + edges of the task); a deletion also counts the edges of the tasks that needed it.
    public mutating func apply(_ event: TaskEvent) throws(ReplayError) {
        guard event.sequence == sequence + 1 else {
            throw .outOfSequence(expected: sequence + 1, found: event.sequence)
        }
        let former = records[event.taskID]
        switch (event.change, former) {
        case (.created(let task), nil): insert(task, at: event.sequence)
        case (.updated(let task, _, _), let former?): replace(former, by: task, at: event.sequence)
        case (.deleted, let former?): delete(former, at: event.sequence)
        case (.moved, .some): break
        case (.created, .some): throw .taskExists(event.taskID, sequence: event.sequence)
        case (_, nil): throw .noSuchTask(event.taskID, sequence: event.sequence)
        }
        sequence = event.sequence
    }

    private mutating func insert(_ task: TaskRecord, at sequence: Int) {
        write(task, at: sequence)
        order.insert(task.id)
        lastID = lastID.map { max($0, task.id) } ?? task.id
        graph.setDependencies(of: task.id, to: task.dependencies)
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

    private mutating func delete(_ task: TaskRecord, at sequence: Int) {
        records[task.id] = nil
        order.remove(task.id)
        if task.status == .pending { queue.remove(task.id) }
        for dependent in graph.remove(task.id) {
            records[dependent]?.dependencies = graph.dependencies(of: dependent)
            records[dependent]?.revision = sequence
        }
    }

    private mutating func write(_ task: TaskRecord, at sequence: Int) {
        var task = task
        task.revision = sequence
        records[task.id] = task
    }
}
