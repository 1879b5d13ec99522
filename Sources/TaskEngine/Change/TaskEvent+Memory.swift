extension TaskEvent {
    /// How many bytes of memory the event holds, when the tasks have changed since and nothing else holds its texts: its
    /// own place, the task in it, what both say of the work queue, and the texts and ids that they point to.
    ///
    /// - Complexity: O(attempts of the task), which are few.
    public var memory: Int {
        let own = Self.ownMemory + requestID.memory + (bodies?.memory ?? 0)
        return switch change {
        case .created(let task), .moved(let task, _, _): own + task.memory
        case .updated(let task, _, let project): own + task.memory + Allocation.memory(of: project)
        case .deleted(_, let project): own + Allocation.memory(of: project)
        case .project(let name, _): own + (name?.memory ?? 0)
        }
    }
}
