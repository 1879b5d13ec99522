extension TaskEvent {
    /// How many bytes of memory the event holds, when the tasks have changed since and nothing else holds its texts: its
    /// own place, the task in it, and the texts and ids that the task points to.
    ///
    /// - Complexity: O(1).
    public var memory: Int {
        let own = MemoryLayout<TaskEvent>.stride + Allocation.memory(of: requestID)
        return switch change {
        case .created(let task), .moved(let task, _, _): own + task.memory
        case .updated(let task, _, let project): own + task.memory + Allocation.memory(of: project)
        case .deleted(_, let project): own + Allocation.memory(of: project)
        }
    }
}

/// What memory costs that is asked for at run time.
enum Allocation {
    /// An object and its allocation, beside what is in it.
    private static let header = 48

    /// An object or an array of so many bytes.
    static func memory(of bytes: Int) -> Int { header + bytes }

    /// A text: one of up to 15 bytes lies in the value itself.
    static func memory(of text: String?) -> Int {
        guard let text, text.utf8.count > 15 else { return 0 }
        return memory(of: text.utf8.count)
    }
}
