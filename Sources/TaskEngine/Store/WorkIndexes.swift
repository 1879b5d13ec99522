/// What a store keeps of its tasks for the work queue: all of it but the bodies and the settings is a function of the
/// records, and kept in step by `TaskStore.reindex` and `forget`.
struct WorkIndexes: Sendable, Equatable {
    /// Of the tasks that need others, where anything is to be counted.
    var dependence = IDTable<TaskID, Dependence>()
    /// The tasks that an end of another has freed or doomed, and that do not say so yet.
    var unsettled = CreationOrder<TaskID>()
    var projects = ProjectTable()
    /// The tasks that have a project, those of one together, marked with their states.
    var members = CreationOrder<ProjectMember>(isMarked: true)
    /// Which task has a unique key.
    var unique = IDTable<HashedKey<UniqueName>, TaskID>()
    /// The tasks that the queue has ended, in the order of their ends.
    var completed = CreationOrder<EndedTask>()
    var failed = CreationOrder<EndedTask>()

    var bodies = IDTable<TaskID, TaskBodies>()
    /// How many bytes the bodies have.
    var bodyBytes = 0

    /// Lets `task` have `key`, unless another has it.
    mutating func take(_ key: UniqueName, for task: TaskID) {
        let key = HashedKey(key)
        if let holder = unique.updateValue(task, for: key) { unique.updateValue(holder, for: key) }
    }

    /// Lets `task` have `key` no longer, if it has it.
    mutating func give(_ key: UniqueName, of task: TaskID) {
        if unique[HashedKey(key)] == task { unique.removeValue(for: HashedKey(key)) }
    }

    /// Puts a task that the queue has ended into the line of those.
    mutating func note(_ ending: Ending?, of id: TaskID) {
        guard let ending, ending.isByQueue else { return }
        let ended = EndedTask(by: ending.by, id: id)
        if ending.isGood { completed.insert(ended) } else { failed.insert(ended) }
    }

    mutating func forget(_ ending: Ending?, of id: TaskID) {
        guard let ending, ending.isByQueue else { return }
        let ended = EndedTask(by: ending.by, id: id)
        if ending.isGood { completed.remove(ended) } else { failed.remove(ended) }
    }

    mutating func set(_ dependence: Dependence, of id: TaskID) {
        if dependence.isEmpty {
            self.dependence.removeValue(for: id)
        } else {
            self.dependence.updateValue(dependence, for: id)
        }
    }

    /// Forgets all that the records say.
    mutating func forgetTasks() {
        var empty = WorkIndexes()
        (empty.projects, empty.bodies, empty.bodyBytes) = (projects, bodies, bodyBytes)
        empty.projects.resetCounts()
        self = empty
    }

    mutating func set(_ bodies: TaskBodies, of id: TaskID) {
        let former =
            bodies.isEmpty ? self.bodies.removeValue(for: id) : self.bodies.updateValue(bodies, for: id)
        bodyBytes += bodies.byteCount - (former?.byteCount ?? 0)
    }
}

/// A unique key, which is one within its project.
package struct UniqueName: Sendable, Hashable {
    let project: PlainText?
    let key: PlainText
}

/// A task that has ended, and by which event.
public struct EndedTask: Sendable, Hashable {
    /// The number of the event that ended it: the order of ends.
    public let by: Int
    /// The task, which the store has until it is deleted.
    public let id: TaskID
}

extension EndedTask: Comparable {
    public static func < (left: EndedTask, right: EndedTask) -> Bool {
        left.by == right.by ? left.id < right.id : left.by < right.by
    }
}

extension TaskRecord {
    /// The unique key that the task has; nil if it has none, or has ended.
    package var uniqueName: UniqueName? {
        guard status == .pending || status == .inProgress, let key = work?.settings.unique?.key else { return nil }
        return UniqueName(project: project.map { PlainText($0) }, key: key)
    }
}
