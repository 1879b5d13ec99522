public import TaskEngine

extension TaskEvent {
    /// How many bytes of memory the event holds, when the tasks have changed since and nothing else holds its texts: its
    /// own place, the task in it, and the texts and ids that the task points to.
    ///
    /// - Complexity: O(1).
    public var memory: Int {
        let own = MemoryLayout<TaskEvent>.stride + requestID.memory
        return switch change {
        case .created(let task), .moved(let task, _, _): own + task.memory
        case .updated(let task, _, let project): own + task.memory + (project?.memory ?? 0)
        case .deleted(_, let project): own + (project?.memory ?? 0)
        }
    }
}

extension TaskRecord {
    fileprivate var memory: Int {
        let ids = dependencies.isEmpty ? 0 : Allocation.header + dependencies.count * MemoryLayout<TaskID>.stride
        return Allocation.header + TaskRecord.ownMemory + title.memory + description.memory
            + (project?.memory ?? 0) + ids
    }
}

extension String {
    /// A text of up to 15 bytes lies in the value itself.
    fileprivate var memory: Int { utf8.count > 15 ? Allocation.header + utf8.count : 0 }
}

private enum Allocation {
    /// What an object and its allocation cost beside what is in it.
    static let header = 48
}
