extension TaskStore {
    /// What is wrong with the store, `nil` if nothing is. For tests: O(*n* + edges).
    var brokenInvariant: String? {
        if let broken = records.brokenInvariant ?? order.brokenInvariant { return broken }
        if let broken = queue.brokenInvariant ?? graph.brokenInvariant { return broken }
        let tasks = records.entries.map(\.value)
        guard order.count == records.count, order.allSatisfy({ records[$0] != nil }) else {
            return "the order does not hold the ids of the records"
        }
        let pending = tasks.filter { $0.status == .pending }
        guard pending.count == queue.count, pending.allSatisfy({ queue.priority(of: $0.id) == $0.priority }) else {
            return "the queue does not hold the pending tasks"
        }
        guard tasks.allSatisfy({ $0.isShortened || graph.dependencies(of: $0.id) == $0.dependencies }),
            graph.forward.keys.allSatisfy({ records[$0] != nil })
        else { return "the graph does not hold the dependencies of the tasks" }
        guard tasks.allSatisfy({ $0.revision <= sequence && $0.id <= lastID ?? $0.id }) else {
            return "a task is newer than the last event"
        }
        return nil
    }
}
