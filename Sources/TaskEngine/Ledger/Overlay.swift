import DequeModule

/// What commands decided and the log has not confirmed yet: the tasks as they will be, where that differs from the
/// committed store.
///
/// An entry is the work of the last event that wrote it; when that event is confirmed, the store says the same, and the
/// entry goes. It costs as much as the tasks in flight, not as all there are.
package struct Overlay: Sendable {
    /// A task as it will be, `nil` if it will be deleted, and the event that made it so.
    private struct Entry: Sendable {
        let task: TaskRecord?
        let sequence: Int
    }

    private struct Write {
        let id: TaskID
        let sequence: Int
    }

    private var entries = IDTable<TaskID, Entry>()
    /// How many of `entries` are deletions. Tasks that needed a deleted one have no entry for that: the id is taken out
    /// of their dependencies when they are looked at, so that a deletion costs the same however many there are.
    private var deletions = 0
    /// What was written and by which event, in the order of events.
    private var writes = Deque<Write>()
    /// The changes under keys, by the keys' names.
    private var keyed: [IdempotencyKey.Fingerprint: KeyedChange] = [:]
    /// Which task has a unique key; nil for none.
    private(set) var names = Unconfirmed<UniqueName, TaskID?>()
    private(set) var projects = Unconfirmed<PlainText?, ProjectSettings>()
    private(set) var bodies = Unconfirmed<TaskID, BodyChange>()
    /// How many new tasks there are that have not ended, and how many bytes all new ones carry.
    package private(set) var (newTasks, newBytes) = (0, 0)

    /// Whether nothing is in flight.
    var isEmpty: Bool { entries.isEmpty && writes.isEmpty && projects.isEmpty }

    /// The tasks that are another way here, in no order.
    var ids: [TaskID] { entries.entries.map(\.id) }

    /// The task as commands see it, and whether something in flight has made it so.
    ///
    /// - Complexity: O(1), and O(dependencies of the task) while a deletion is in flight.
    func look(at id: TaskID, over store: TaskStore) -> (task: TaskRecord?, isInFlight: Bool) {
        guard !isEmpty else { return (store[id], false) }
        let entry = entries[id]
        guard let task = entry == nil ? store[id] : entry?.task else { return (nil, entry != nil) }
        guard deletions > 0, let rest = withoutDeleted(task, writtenAt: entry?.sequence ?? 0) else {
            return (task, entry != nil)
        }
        return (rest, true)
    }

    /// `task` without the dependencies that were deleted after it was written; nil if there are none.
    private func withoutDeleted(_ task: TaskRecord, writtenAt sequence: Int) -> TaskRecord? {
        /// The event that deleted `id` since then.
        func deletion(of id: TaskID) -> Int? {
            guard let entry = entries[id], entry.task == nil, entry.sequence > sequence else { return nil }
            return entry.sequence
        }
        guard let last = task.dependencies.lazy.compactMap(deletion).max() else { return nil }
        var rest = task
        rest.dependencies.removeAll { deletion(of: $0) != nil }
        rest.revision = last
        return rest
    }

    /// The change in flight under a key of that name. O(1).
    func change(named name: IdempotencyKey.Fingerprint) -> KeyedChange? { keyed.isEmpty ? nil : keyed[name] }
}

// MARK: - Events

extension Overlay {
    /// - Complexity: O(1).
    mutating func apply(_ event: TaskEvent) {
        if let change = event.keyedChange { keyed[change.key.name] = change }
        switch event.change {
        case .created(let task):
            write(task, of: task.id, at: event.sequence)
            count(task, event.bodies, by: 1)
        case .updated(let task, _, _): write(task, of: task.id, at: event.sequence)
        case .moved: break
        case .project(let name, let settings): projects.write(settings, for: name, at: event.sequence)
        case .deleted(let id, _):
            write(nil, of: id, at: event.sequence)
            deletions += 1
        }
        if let change = event.bodies, let id = event.taskID { note(change, of: id, at: event.sequence) }
    }

    private mutating func note(_ change: BodyChange, of id: TaskID, at sequence: Int) {
        let former = bodies[id]
        let both = BodyChange(payload: change.payload ?? former?.payload, result: change.result ?? former?.result)
        bodies.write(both, for: id, at: sequence)
    }

    /// Notes that the event of that number takes a unique key from a task, and gives it another.
    mutating func moveName(from former: UniqueName?, to name: UniqueName?, of id: TaskID?, at sequence: Int) {
        guard former != name else { return }
        if let former { names.write(nil, for: former, at: sequence) }
        if let name { names.write(id, for: name, at: sequence) }
    }

    /// Forgets what `event` and those before it wrote last: the store has applied them.
    mutating func confirm(_ event: TaskEvent) {
        if let key = event.key { keyed[key.name] = nil }
        if case .created(let task) = event.change { count(task, event.bodies, by: -1) }
        while let write = writes.first, write.sequence <= event.sequence {
            writes.removeFirst()
            guard let entry = entries.removeValue(for: write.id) else { continue }
            if entry.sequence > write.sequence {
                entries.updateValue(entry, for: write.id)
            } else if entry.task == nil {
                deletions -= 1
            }
        }
        if !names.isEmpty { names.confirm(event.sequence) }
        if !projects.isEmpty { projects.confirm(event.sequence) }
        if !bodies.isEmpty { bodies.confirm(event.sequence) }
    }

    private mutating func count(_ task: TaskRecord, _ bodies: BodyChange?, by change: Int) {
        if !task.status.isEnd { newTasks += change }
        if let payload = bodies?.payload ?? nil { newBytes += change * payload.bytes.count }
    }

    private mutating func write(_ task: TaskRecord?, of id: TaskID, at sequence: Int) {
        entries.updateValue(Entry(task: task, sequence: sequence), for: id)
        writes.append(Write(id: id, sequence: sequence))
    }
}
