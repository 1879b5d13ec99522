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
        case .created(let task): try create(task, at: event.sequence)
        case .updated(let task, _, _):
            guard let former = records[task.id] else { throw .noSuchTask(task.id, sequence: event.sequence) }
            let hasOtherNeeds = replace(former, by: task, at: event.sequence)
            reindex(task, insteadOf: former.task, hasOtherNeeds: hasOtherNeeds)
        case .moved(let task, _, _):
            guard records[task.id] != nil else { throw .noSuchTask(task.id, sequence: event.sequence) }
        case .deleted(let id, _):
            guard let entry = records.removeValue(for: id) else {
                throw .noSuchTask(id, sequence: event.sequence)
            }
            unlink(entry, at: event.sequence)
        case .project(let name, let settings): indexes.projects.set(settings, of: name)
        }
        if let bodies = event.bodies, let id = event.taskID { change(bodies, of: id) }
        sequence = event.sequence
    }

    private mutating func create(_ task: TaskRecord, at sequence: Int) throws(ReplayError) {
        let slot = queued(task)
        if let former = write(task, slot, at: sequence) {
            records.updateValue(former, for: task.id)
            if let slot { queue.remove(slot) }
            throw .taskExists(task.id, sequence: sequence)
        }
        enter(task)
        reindex(task, insteadOf: nil, hasOtherNeeds: !task.dependencies.isEmpty)
    }

    /// Puts a new task into the queue, if it is pending, and returns its slot.
    mutating func queued(_ task: TaskRecord) -> PriorityQueue<TaskID, Int>.Slot? {
        task.status == .pending ? queue.insert(task.id, priority: task.priority) : nil
    }

    /// Puts a new task, which was written and queued, into everything else.
    mutating func enter(_ task: TaskRecord) {
        order.insert(task.id)
        lastID = lastID.map { max($0, task.id) } ?? task.id
        if !task.dependencies.isEmpty { graph.setDependencies(of: task.id, to: task.dependencies) }
    }

    /// Puts another state of a task into the place of the former one, and returns whether it may need other tasks.
    @discardableResult
    mutating func replace(_ former: Entry, by task: TaskRecord, at sequence: Int) -> Bool {
        // Of a task that is shortened the graph alone has the dependencies.
        let hasOtherNeeds = former.task.isShortened || former.task.dependencies != task.dependencies
        if hasOtherNeeds { graph.setDependencies(of: task.id, to: task.dependencies) }
        var slot = former.slot
        if let own = slot, task.status != .pending {
            queue.remove(own)
            slot = nil
        } else if let slot, former.task.priority != task.priority {
            queue.update(slot, priority: task.priority)
        } else if slot == nil {
            slot = queued(task)
        }
        write(task, slot, at: sequence)
        return hasOtherNeeds
    }

    private mutating func unlink(_ entry: Entry, at sequence: Int) {
        let dependents = leave(entry)
        forget(entry.task, neededBy: dependents)
        for dependent in dependents {
            records.change(dependent) { $0.task.shorten(at: sequence) }
        }
    }

    /// Takes a task that has left the records out of everything else, and returns those that needed it, in no order.
    @discardableResult
    mutating func leave(_ entry: Entry) -> [TaskID] {
        order.remove(entry.task.id)
        if let slot = entry.slot { queue.remove(slot) }
        return graph.remove(entry.task.id)
    }

    /// Writes a task's record, and returns the one that it had.
    @discardableResult
    private mutating func write(
        _ task: TaskRecord, _ slot: PriorityQueue<TaskID, Int>.Slot?, at sequence: Int
    ) -> Entry? {
        var task = task
        if task.revision != sequence { task.revision = sequence }
        return records.updateValue(Entry(task: task, slot: slot), for: task.id)
    }
}
