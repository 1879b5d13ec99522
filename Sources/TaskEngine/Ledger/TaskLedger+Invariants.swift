extension TaskLedger {
    /// What is wrong with the lanes and the holdings, `nil` if nothing is. For tests: O(*n* log *n* + edges).
    var brokenInvariant: String? {
        let tasks = (Set(store.order).union(overlay.ids)).compactMap { look(at: $0) }
        // What needs others may be a commit behind while something is in flight.
        let sure = tasks.filter { overlay.isEmpty || $0.dependencies.isEmpty }
        guard sure.allSatisfy({ lanes.contains($0.id) == (state(of: $0) == .ready) }) else {
            return "the lanes do not hold the ready tasks"
        }
        guard lanes.count == tasks.count(where: { lanes.contains($0.id) }) else { return "a lane holds another's task" }
        var holdings = Holdings()
        var running: [PlainText?: Int] = [:]
        for task in tasks {
            guard let lease = task.work?.lease else { continue }
            guard task.status == .inProgress else { return "\(task.id) is leased, and does not run" }
            holdings.insert(task.id, lease)
            running[task.projectName, default: 0] += 1
        }
        guard holdings == self.holdings else { return "the holdings are not the leases" }
        let projects = Set(tasks.map(\.projectName))
        guard projects.allSatisfy({ lanes.running(in: $0) == running[$0] ?? 0 }) else {
            return "leases are counted wrong"
        }
        guard overlay.isEmpty else { return nil }
        guard aside.isEmpty, tasks.allSatisfy({ store.unmet(of: $0.id) == countUnmet(of: $0) }) else {
            return "what is unmet is counted wrong"
        }
        return brokenOrder
    }

    /// Lanes that are made anew give the same tasks in the same order.
    private var brokenOrder: String? {
        var (kept, made) = (lanes, TaskLedger(store: store, aging: lanes.aging).lanes)
        while true {
            let (first, second) = (kept.first(types: nil, projects: nil), made.first(types: nil, projects: nil))
            guard first == second else { return "the lanes are in another order than their tasks say" }
            guard let first else { return nil }
            kept.remove(first)
            made.remove(first)
        }
    }
}
