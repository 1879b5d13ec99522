/// What the work queue asks of the store.
extension TaskStore {
    /// How many of the tasks that this one needs are not met: not completed, or missing. Under its policy `ignore` one that
    /// the queue has ended badly is met, too.
    ///
    /// - Complexity: O(1).
    public func unmet(of id: TaskID) -> Int { Int(indexes.dependence[id]?.unmet ?? 0) }

    /// Where the task stands in the work queue, by its record and by what it needs.
    ///
    /// O(1).
    public func state(of task: TaskRecord) -> TaskState {
        task.state(unmet: task.dependencies.isEmpty ? 0 : unmet(of: task.id))
    }

    /// The rank of a task that is ready: it is ready since it came to its state, or since the last of those that it needs
    /// did, which is later.
    ///
    /// It changes when one that the task needs ends, or is deleted.
    /// - Complexity: O(its dependencies).
    public func rank(of task: TaskRecord) -> Rank {
        rank(of: task, needing: task.dependencies.isEmpty ? [] : graph.dependencies(of: task.id))
    }

    /// The same for a task that needs these.
    func rank(of task: TaskRecord, needing dependencies: [TaskID]) -> Rank {
        var since = task.since
        for needed in dependencies {
            if let other = records[needed]?.task.since { since = max(since, other) }
        }
        return Rank(since: since, priority: task.priority, id: task.id)
    }

    /// The tasks that an end of another has freed or doomed and that do not say so yet, in the order of their creation.
    ///
    /// A task is *doomed* that is pending and to be cancelled, since the queue has ended one that it needs badly. It is
    /// *freed* if it is pending, all that it needs is met, and the queue has ended one of those since it came to its state.
    /// Both are said of the records, so they are the same after a restart; an event of the task's own ends both.
    var unsettled: CreationOrder<TaskID> { indexes.unsettled }

    /// Whether no end of a task is left that others are to be told of. O(1).
    public var isSettled: Bool { indexes.unsettled.count == 0 }

    /// Whether the task is to be cancelled, since one that it needs has failed. O(1).
    func isDoomed(_ task: TaskRecord) -> Bool {
        task.status == .pending && !task.dependencies.isEmpty
            && (indexes.dependence[task.id]?.dooms(task) ?? false)
    }

    /// What the task carries beside its record; nil if nothing. O(1).
    public func bodies(of id: TaskID) -> TaskBodies? { indexes.bodies.isEmpty ? nil : indexes.bodies[id] }

    /// How many bytes all tasks carry beside their records. O(1).
    public var bodyBytes: Int { indexes.bodyBytes }

    /// The task that has a unique key, which is one that has not ended; nil if the key is free. O(1).
    public func holder(ofUnique key: PlainText, in project: PlainText?) -> TaskID? {
        indexes.unique.isEmpty ? nil : indexes.unique[HashedKey(UniqueName(project: project, key: key))]
    }
}

// MARK: - Projects

extension TaskStore {
    /// What a project was given; nil if nothing. O(1).
    public func settings(of project: PlainText?) -> ProjectSettings? { indexes.projects[project].settings?.value }

    /// How many projects have settings. O(1).
    public var configuredProjects: Int { indexes.projects.configured }

    /// How many tasks of the project are in each state; of those that have none for nil. O(1).
    public func counts(of project: PlainText?) -> StateCounts { indexes.projects[project].counts }

    /// How many tasks are in each state. O(1).
    public var counts: StateCounts { indexes.projects.totals }

    /// The names of the next projects that have tasks or settings, in the order of their bytes.
    ///
    /// - Complexity: O(log projects + `limit`).
    public func projects(after name: PlainText? = nil, limit: Int) -> [PlainText] {
        let names = indexes.projects.names
        let following = name.map(names.makeIterator(after:)) ?? names.makeIterator()
        return Array(IteratorSequence(following).prefix(limit))
    }
}

// MARK: - Ends

extension TaskStore {
    /// The tasks that the queue has ended, well or badly, those first that ended first.
    ///
    /// - Complexity: O(1) for each.
    public var endedTasks: some Sequence<EndedTask> { endedTasks(failedAfter: nil) }

    /// The same, without those that have failed up to `place`.
    func endedTasks(failedAfter place: EndedTask?) -> some Sequence<EndedTask> {
        EndedTasks(completed: indexes.completed.makeIterator(), failed: failedTasks(after: place))
    }

    /// How many the queue has ended. O(1).
    public var endedCount: Int { indexes.completed.count + indexes.failed.count }

    /// Those that are completed.
    var completedTasks: CreationOrder<EndedTask> { indexes.completed }

    /// Those that have failed or were cancelled, from behind `place` on. O(log *n*).
    func failedTasks(after place: EndedTask?) -> CreationOrder<EndedTask>.Iterator {
        place.map(indexes.failed.makeIterator(after:)) ?? indexes.failed.makeIterator()
    }
}

/// Two lines as one.
private struct EndedTasks: Sequence, IteratorProtocol {
    private var completed, failed: CreationOrder<EndedTask>.Iterator
    private var nextCompleted, nextFailed: EndedTask?

    init(completed: CreationOrder<EndedTask>.Iterator, failed: CreationOrder<EndedTask>.Iterator) {
        (self.completed, self.failed) = (completed, failed)
        (nextCompleted, nextFailed) = (self.completed.next(), self.failed.next())
    }

    mutating func next() -> EndedTask? {
        guard let well = nextCompleted, nextFailed.map({ well < $0 }) ?? true else {
            defer { nextFailed = failed.next() }
            return nextFailed
        }
        nextCompleted = completed.next()
        return well
    }
}
