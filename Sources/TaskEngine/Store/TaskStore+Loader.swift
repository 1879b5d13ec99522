/// What a snapshot of tasks holds that no log can have led to: the file it came from is damaged.
public enum LoadError: Error, Sendable, Hashable {
    /// The task was changed behind the end of the log.
    case newerThanLog(TaskID, sequence: Int)
    /// The task's id is above every one that was given.
    case idNeverGiven(TaskID)
}

extension TaskStore {
    /// Makes a store of a snapshot and the events behind it, where a fold from the first event would take too long.
    ///
    /// ```swift
    /// var loader = TaskStore.Loader()
    /// for row in rows { loader.add(row.task, at: row.sequence) }
    /// for event in events { loader.add(event) }
    /// let store = try loader.finish(at: end, lastID: highest)
    /// ```
    ///
    /// Rows come in any order, and may have been written while events came: of several states of a task the newest counts,
    /// an event that a row has in it already changes nothing, and a row from before the deletion of its task, or of a task
    /// that it needs, is as if it had been there when that happened.
    public struct Loader {
        private var records = IDTable<TaskID, Entry>()
        /// Each task as it came first, in the order in which they came, which is most often that of their ids.
        private var arrivals: [TaskRecord] = []
        private var lastArrival: TaskID?
        /// Whether they have come in the order of their ids: noted as they come, while each is at hand.
        private var isInOrder = true
        /// Whether one of those is not as it came any more: then `records` has the tasks.
        private var isRevised = false
        /// The last event of each task whose revision is another number.
        private var sequences: [TaskID: Int] = [:]
        /// What was deleted, and by which event.
        private var deletions: [TaskID: Int] = [:]

        public init() {}

        /// Adds a task as it was behind the event of that number, unless a newer state of it is known.
        ///
        /// - Complexity: O(1).
        public mutating func add(_ task: TaskRecord, at sequence: Int) {
            if !deletions.isEmpty, let deletion = deletions[task.id], deletion >= sequence { return }
            if let former = records.updateValue(Entry(task: task), for: task.id) {
                guard self.sequence(of: former.task) < sequence else {
                    records.updateValue(former, for: task.id)
                    return
                }
                sequences[task.id] = nil
                isRevised = true
            } else {
                arrivals.append(task)
                if let lastArrival, task.id < lastArrival { isInOrder = false }
                lastArrival = task.id
            }
            if sequence != task.revision { sequences[task.id] = sequence }
        }

        /// Adds an event, unless a newer state of its task is known. Events come in their order.
        ///
        /// - Complexity: O(1).
        public mutating func add(_ event: TaskEvent) {
            switch event.change {
            case .created(let task), .updated(let task, _, _): add(task, at: event.sequence)
            case .moved: break  // The `.updated` just before has the task.
            case .deleted(let id, _):
                deletions[id] = event.sequence
                guard let task = records[id]?.task, sequence(of: task) < event.sequence else { return }
                records.removeValue(for: id)
                sequences[id] = nil
                isRevised = true
            }
        }

        /// The number of the event that has left the task as it is.
        private func sequence(of task: TaskRecord) -> Int {
            sequences.isEmpty ? task.revision : sequences[task.id] ?? task.revision
        }

        /// The store.
        ///
        /// - Parameters:
        ///   - sequence: The number of the last event.
        ///   - lastID: The highest id that was ever given.
        /// - Throws: If a task is newer than that.
        /// - Complexity: O(*n* + edges), and O(*n* log *n*) where the ids came in another order than their own.
        public consuming func finish(at sequence: Int, lastID: TaskID?) throws(LoadError) -> TaskStore {
            if !deletions.isEmpty { for task in arrivals { shorten(task.id) } }
            if isRevised { arrivals = arrivals.compactMap { records[$0.id]?.task } }
            if !isInOrder { arrivals.sort { $0.id < $1.id } }
            var store = TaskStore()
            swap(&store.records, &records)
            for task in arrivals {
                let id = task.id
                let last = self.sequence(of: task)
                guard last <= sequence, task.revision <= sequence else {
                    throw .newerThanLog(id, sequence: max(last, task.revision))
                }
                guard let lastID, id <= lastID else { throw .idNeverGiven(id) }
                if let slot = store.queued(task) { store.records.change(id) { $0.slot = slot } }
                store.enter(task)
            }
            store.sequence = sequence
            store.lastID = lastID
            return store
        }

        /// Takes what was deleted since the task was written out of its dependencies.
        private mutating func shorten(_ id: TaskID) {
            guard let task = records[id]?.task, !task.dependencies.isEmpty else { return }
            let written = sequence(of: task)
            let isGone = { [deletions] (id: TaskID) in deletions[id].map { $0 > written } ?? false }
            guard let last = task.dependencies.lazy.filter(isGone).compactMap({ [deletions] in deletions[$0] }).max()
            else { return }
            var rest = task
            rest.dependencies.removeAll(where: isGone)
            rest.revision = last
            sequences[id] = nil
            records.updateValue(Entry(task: rest), for: id)
            isRevised = true
        }
    }
}
