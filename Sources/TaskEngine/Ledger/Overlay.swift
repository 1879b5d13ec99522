import DequeModule

/// What commands decided and the log has not confirmed yet: the tasks as they will be, where that differs from the
/// committed store.
///
/// An entry is the work of the last event that wrote it; when that event is confirmed, the store says the same, and the
/// entry goes. It costs as much as the tasks in flight, not as all there are.
struct Overlay: Sendable {
    /// A task as it will be, `nil` if it will be deleted, and the event that made it so.
    private struct Entry {
        let task: TaskRecord?
        let sequence: Int
    }

    private struct Write {
        let id: TaskID
        let sequence: Int
    }

    private var entries: [TaskID: Entry] = [:]
    /// The dependencies of the tasks in `entries`, and of no others.
    private var graph = DependencyGraph<TaskID>()
    /// What was written and by which event, in the order of events.
    private var writes = Deque<Write>()

    /// Whether nothing is in flight.
    var isEmpty: Bool { entries.isEmpty && writes.isEmpty }

    /// Whether something is in flight for this task.
    func covers(_ id: TaskID) -> Bool {
        entries[id] != nil
    }

    /// The task as commands see it.
    func task(_ id: TaskID, over store: TaskStore) -> TaskRecord? {
        if let entry = entries[id] { entry.task } else { store[id] }
    }

    mutating func apply(_ event: TaskEvent, over store: TaskStore) {
        switch event.change {
        case .created(let task), .updated(let task, _, _): write(task, of: task.id, at: event.sequence)
        case .moved: break
        case .deleted(let id, _): delete(id, at: event.sequence, over: store)
        }
    }

    /// Forgets what `event` and those before it wrote last: the store has applied them.
    mutating func confirm(_ event: TaskEvent) {
        while let write = writes.first, write.sequence <= event.sequence {
            writes.removeFirst()
            guard entries[write.id]?.sequence == write.sequence else { continue }
            entries[write.id] = nil
            graph.setDependencies(of: write.id, to: [])
        }
    }

    private mutating func write(_ task: TaskRecord?, of id: TaskID, at sequence: Int) {
        entries[id] = Entry(task: task, sequence: sequence)
        graph.setDependencies(of: id, to: task?.dependencies ?? [])
        writes.append(Write(id: id, sequence: sequence))
    }

    /// Of a task that needs `id`, the overlay's edges count if the overlay has it, else the store's.
    private mutating func delete(_ id: TaskID, at sequence: Int, over store: TaskStore) {
        write(nil, of: id, at: sequence)
        let dependents = graph.dependents(of: id).union(store.graph.dependents(of: id).filter { !covers($0) })
        for dependent in dependents {
            guard var task = task(dependent, over: store) else { continue }
            task.dependencies.removeAll { $0 == id }
            task.revision = sequence
            write(task, of: dependent, at: sequence)
        }
    }
}
