extension TaskEvent {
    /// How many bytes of memory the event holds, when the tasks have changed since and nothing else holds its texts: its
    /// own place, the task in it, and the texts and ids that the task points to.
    ///
    /// - Complexity: O(1).
    public var memory: Int {
        let own = MemoryLayout<TaskEvent>.stride + requestID.memory
        return switch change {
        case .created(let task), .moved(let task, _, _): own + task.memory
        case .updated(let task, _, let project): own + task.memory + Allocation.memory(of: project)
        case .deleted(_, let project): own + Allocation.memory(of: project)
        case .project(let name, _): own + Allocation.memory(of: name?.text)
        }
    }
}
