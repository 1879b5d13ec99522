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
    /// that it needs, is as if it had been there when that happened. The same is true of what tasks carry beside their
    /// records, and of the settings of projects.
    public struct Loader {
        /// The tasks as they are known until now. Until the end, each depends on all that its newest state names.
        private var store = TaskStore()
        /// The highest number that stands in a state of a task, and whose state that is.
        private var newest: (id: TaskID, sequence: Int)?
        /// The last event of each task whose revision is another number.
        private var sequences: [TaskID: Int] = [:]
        /// What was deleted, and by which event.
        private var deletions: [TaskID: Int] = [:]
        /// The tasks that an event has made known, and no row yet: a row, though older, has what they carry.
        private var rowless: Set<TaskID> = []
        /// What events have changed of what tasks carry; it goes over what their rows say.
        private var bodyChanges: [TaskID: BodyChange] = [:]
        /// Whether the indexes have all tasks, but for what the end says of those that need others: so it is while each task
        /// comes once, behind those that were made before it. That saves another walk through all of them.
        private var isIndexed = true
        /// The tasks that need others that are made behind them, while that is so.
        private var needing: [TaskID] = []
        /// The tasks that the queue has ended, while that is so.
        private var ended: [(since: Since, id: TaskID, ending: Ending)] = []
        /// The last rows, which are not looked at yet: several are taken together, see `IDTable.touch`.
        private var portion: [Row] = []
        /// The projects whose settings an event has said.
        private var toldProjects: Set<PlainText?> = []

        private struct Row {
            let task: TaskRecord
            let sequence: Int
            let bodies: TaskBodies
        }

        /// A loader that knows no task yet.
        public init() {}

        /// Adds a task as it was behind the event of that number, and what it carried then, unless a newer state of it is
        /// known.
        ///
        /// - Complexity: O(1).
        public mutating func add(_ task: TaskRecord, at sequence: Int, bodies: TaskBodies = TaskBodies()) {
            portion.append(Row(task: task, sequence: sequence, bodies: bodies))
            if portion.count == IDTable<TaskID, Entry>.portion { takeRows() }
        }

        /// Takes over what was added.
        private mutating func takeRows() {
            guard !portion.isEmpty else { return }
            var rows: [Row] = []
            swap(&rows, &portion)
            touch(rows)
            for row in rows { take(row) }
            rows.removeAll(keepingCapacity: true)
            swap(&rows, &portion)
        }

        private func touch(_ rows: [Row]) {
            let ids = rows.map(\.task.id)
            store.records.touch(ids)
            if !store.indexes.bodies.isEmpty { store.indexes.bodies.touch(ids) }
            let needing = rows.filter { !$0.task.dependencies.isEmpty }
            guard !needing.isEmpty else { return }
            store.graph.touch(needing.lazy.map { ($0.task.id, $0.task.dependencies) })
            store.indexes.dependence.touch(needing.map(\.task.id))
        }

        private mutating func take(_ row: Row) {
            let id = row.task.id
            if !deletions.isEmpty, let deletion = deletions[id], deletion >= row.sequence { return }
            let isNewest = take(row.task, at: row.sequence)
            let isFirstRow = !rowless.isEmpty && rowless.remove(id) != nil
            guard isNewest || isFirstRow, !row.bodies.isEmpty || !store.indexes.bodies.isEmpty else { return }
            store.indexes.set(row.bodies, of: id)
        }

        /// Adds the settings that a project had at some time since the first of the events.
        ///
        /// - Complexity: O(log projects).
        public mutating func add(_ project: PlainText?, _ settings: ProjectSettings) {
            guard !toldProjects.contains(project) else { return }
            store.indexes.projects.set(settings, of: project)
        }

        /// Takes a task over, unless a newer state of it is known, and returns whether it did.
        private mutating func take(_ task: TaskRecord, at sequence: Int) -> Bool {
            let slot = store.queued(task)
            if let former = store.records.updateValue(Entry(task: task, slot: slot), for: task.id) {
                store.records.updateValue(former, for: task.id)
                if let slot { store.queue.remove(slot) }
                guard self.sequence(of: former.task) < sequence else { return false }
                sequences[task.id] = nil
                isIndexed = false
                store.replace(former, by: task, at: task.revision)
            } else {
                if let last = store.order.last, task.id < last { isIndexed = false }
                store.enter(task)
                if isIndexed { index(task) }
            }
            if sequence != task.revision { sequences[task.id] = sequence }
            note(max(sequence, task.revision), of: task.id)
            return true
        }

        private mutating func index(_ task: TaskRecord) {
            store.indexWork(of: task, noting: &ended)
            // What is made behind it is not known yet.
            if task.dependencies.allSatisfy({ $0 < task.id }) {
                store.indexState(of: task)
            } else {
                needing.append(task.id)
            }
        }

        private mutating func note(_ sequence: Int, of id: TaskID) {
            if sequence > newest?.sequence ?? .min { newest = (id, sequence) }
        }

        /// Adds an event, unless a newer state of its task is known. Events come in their order.
        ///
        /// - Complexity: O(1).
        public mutating func add(_ event: TaskEvent) {
            takeRows()
            switch event.change {
            case .created(let task), .updated(let task, _, _): add(task, of: event)
            case .project(let name, let settings):
                toldProjects.insert(name)
                store.indexes.projects.set(settings, of: name)
            case .moved: break  // The `.updated` just before has the task.
            case .deleted(let id, _):
                deletions[id] = event.sequence
                guard let entry = store.records[id], sequence(of: entry.task) < event.sequence else { return }
                isIndexed = false
                store.records.removeValue(for: id)
                store.leave(entry)
                store.indexes.set(TaskBodies(), of: id)
                sequences[id] = nil
            }
        }

        private mutating func add(_ task: TaskRecord, of event: TaskEvent) {
            if let deletion = deletions[task.id], deletion >= event.sequence { return }
            if store.records[task.id] == nil { rowless.insert(task.id) }
            _ = take(task, at: event.sequence)
            if let change = event.bodies { bodyChanges[task.id, default: BodyChange()].add(change) }
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
        /// - Complexity: O(*n* + edges).
        public consuming func finish(at sequence: Int, lastID: TaskID?) throws(LoadError) -> TaskStore {
            takeRows()
            if !deletions.isEmpty { for id in Array(store.order) { shorten(id) } }
            if let newest, newest.sequence > sequence {
                throw .newerThanLog(newest.id, sequence: newest.sequence)
            }
            if let highest = store.order.last {
                guard let lastID, highest <= lastID else { throw .idNeverGiven(highest) }
            }
            for (id, change) in bodyChanges where store.records[id] != nil { store.change(change, of: id) }
            finishIndexes()
            store.sequence = sequence
            store.lastID = lastID
            return store
        }

        private mutating func finishIndexes() {
            guard isIndexed, deletions.isEmpty else { return store.indexAll() }
            for id in needing { if let task = store.records[id]?.task { store.indexState(of: task) } }
            store.indexEnds(ended)
        }

        /// Takes what was deleted since the task was written out of its dependencies, and gives the graph the others.
        private mutating func shorten(_ id: TaskID) {
            guard var task = store.records[id]?.task, !task.dependencies.isEmpty else { return }
            let written = sequence(of: task)
            let isGone = { [deletions] (id: TaskID) in deletions[id].map { $0 > written } ?? false }
            let last = task.dependencies.lazy.filter(isGone).compactMap { [deletions] in deletions[$0] }.max()
            if let last {
                task.dependencies.removeAll(where: isGone)
                task.revision = last
                note(last, of: id)
                store.records.change(id) { $0.task = task }
            }
            store.graph.setDependencies(of: id, to: task.dependencies)
        }
    }
}
