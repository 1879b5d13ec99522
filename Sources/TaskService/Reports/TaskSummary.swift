import TaskEngine

/// Numbers about all tasks, gathered one task at a time.
struct TaskSummary: Sendable, Hashable {
    private(set) var totalTasks = 0
    /// Tasks that need one which is not completed, or not there.
    private(set) var blockedTasks = 0
    private(set) var totalDependencies = 0
    private(set) var byStatus: [TaskStatus: Int] = [:]
    private(set) var byPriority: [PriorityClass: Int] = [:]

    /// The priorities, in three classes.
    enum PriorityClass: String, Sendable, CaseIterable {
        case high, medium, low

        init(_ priority: Int) {
            self = priority >= 8 ? .high : priority >= 4 ? .medium : .low
        }
    }

    /// Counts the tasks behind `cursor`, which then names the last of them; returns whether there are more.
    ///
    /// - Parameter looks: How many tasks and dependencies are looked at, about.
    mutating func add(_ store: TaskStore, after cursor: inout TaskID?, looks: Int) -> Bool {
        var looks = looks
        for task in store.tasks(after: cursor) {
            guard looks > 0 else { return true }
            looks -= 1 + task.dependencies.count
            cursor = task.id
            add(task, in: store)
        }
        return false
    }

    /// Counts `task`, one of those in `store`.
    ///
    /// - Complexity: O(its dependencies).
    mutating func add(_ task: TaskRecord, in store: TaskStore) {
        totalTasks += 1
        if task.dependencies.contains(where: { store[$0]?.status != .completed }) { blockedTasks += 1 }
        totalDependencies += task.dependencies.count
        byStatus[task.status, default: 0] += 1
        byPriority[PriorityClass(task.priority), default: 0] += 1
    }

    /// Writes the members of a report that hold it.
    func write(to json: inout JSONText) {
        json.member("summary") { summary in
            summary.member("totalTasks", totalTasks)
            summary.member("blockedTasks", blockedTasks)
            summary.member("unblockedTasks", totalTasks - blockedTasks)
            summary.member("totalDependencies", totalDependencies)
        }
        json.member("byStatus") { counts in
            for status in TaskStatus.allCases { counts.member(named: status.rawValue, byStatus[status] ?? 0) }
        }
        json.member("byPriority") { counts in
            for priority in PriorityClass.allCases {
                counts.member(named: priority.rawValue, byPriority[priority] ?? 0)
            }
        }
    }
}
