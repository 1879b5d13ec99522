extension TaskStore {
    /// What is wrong with the store, `nil` if nothing is. For tests: O(*n* + edges).
    var brokenInvariant: String? {
        if let broken = records.brokenInvariant ?? order.brokenInvariant { return broken }
        if let broken = queue.brokenInvariant ?? graph.brokenInvariant { return broken }
        let tasks = records.entries.map(\.value.task)
        guard order.count == records.count, order.allSatisfy({ records[$0] != nil }) else {
            return "the order does not hold the ids of the records"
        }
        guard records.entries.allSatisfy({ isQueuedRight($0.value) }),
            tasks.count(where: { $0.status == .pending }) == queue.count
        else { return "the queue does not hold the pending tasks" }
        guard tasks.allSatisfy({ $0.isShortened || graph.dependencies(of: $0.id) == $0.dependencies }),
            graph.forward.entries.allSatisfy({ records[$0.id.id] != nil })
        else { return "the graph does not hold the dependencies of the tasks" }
        guard tasks.allSatisfy({ $0.revision <= sequence && $0.id <= lastID ?? $0.id }) else {
            return "a task is newer than the last event"
        }
        return brokenIndex
    }

    private var brokenIndex: String? {
        if let broken = indexes.dependence.brokenInvariant ?? indexes.unsettled.brokenInvariant { return broken }
        if let broken = indexes.completed.brokenInvariant ?? indexes.failed.brokenInvariant { return broken }
        guard indexes.bodies.entries.allSatisfy({ records[$0.id] != nil && !$0.value.isEmpty }),
            indexes.bodies.entries.reduce(0, { $0 + $1.value.byteCount }) == indexes.bodyBytes
        else { return "bodies are counted wrong, or are no task's" }
        var rebuilt = self
        rebuilt.indexAll()
        guard case nil = indexes.members.brokenInvariant, order.markList == order.map({ mark(of: $0) }) else {
            return "a task is marked with another state than its own"
        }
        return rebuilt.indexes == indexes ? nil : "the indexes are not what the records say"
    }

    private func mark(of id: TaskID) -> UInt8? { records[id].map { state(of: $0.task).mark } }

    private func isQueuedRight(_ entry: Entry) -> Bool {
        guard let slot = entry.slot else { return entry.task.status != .pending }
        let node = queue.nodes[queue.position(of: slot)]
        return entry.task.status == .pending && node.element == entry.task.id && node.priority == entry.task.priority
    }
}
