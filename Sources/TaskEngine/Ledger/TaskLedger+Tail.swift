/// What is true at the end of all that was decided: the store's, and over it what the log has not confirmed.
extension TaskLedger {
    /// The task as it will be; nil if it will not be there.
    ///
    /// - Complexity: O(1), and O(dependencies of the task) while a deletion is in flight.
    func look(at id: TaskID, in draft: inout Draft) -> TaskRecord? {
        let (task, isInFlight) = overlay.look(at: id, over: store)
        draft.note(isInFlight: isInFlight)
        return task
    }

    func look(at id: TaskID) -> TaskRecord? { overlay.look(at: id, over: store).task }

    /// - Throws: `.taskNotFound` if there is no such task.
    func existing(_ id: TaskID, in draft: inout Draft) throws(TaskError) -> TaskRecord {
        guard let task = look(at: id, in: &draft) else { throw .taskNotFound(id) }
        return task
    }

    /// How many of the task's dependencies are not met, those that are missing counted.
    ///
    /// - Complexity: O(1) of a task as the store has it while nothing is in flight, else O(dependencies of the task).
    func unmet(of task: TaskRecord) -> Int {
        if overlay.isEmpty, let kept = store[task.id], kept.onDependencyFailure == task.onDependencyFailure,
            kept.dependencies == task.dependencies
        {
            return store.unmet(of: task.id)
        }
        return countUnmet(of: task)
    }

    /// The same, of any task: each dependency is looked at.
    func countUnmet(of task: TaskRecord) -> Int {
        let policy = task.onDependencyFailure
        return task.dependencies.count { !(look(at: $0)?.meets(policy) ?? false) }
    }

    /// - Complexity: O(1), and O(dependencies) of a pending task.
    func state(of task: TaskRecord) -> TaskState { task.state(unmet: task.status == .pending ? unmet(of: task) : 0) }

    /// The first dependency that dooms the task; nil if none does.
    ///
    /// - Complexity: O(dependencies of the task).
    func doom(of task: TaskRecord) -> TaskID? {
        guard task.status == .pending, task.onDependencyFailure == .cancel else { return nil }
        return task.dependencies.first { look(at: $0)?.hasEndedBadly ?? false }
    }

    /// The task that has the unique key; nil if none has.
    func holder(of name: UniqueName) -> TaskID? {
        if let written = overlay.names[name] { return written }
        return store.holder(ofUnique: name.key, in: name.project)
    }

    func settings(of project: PlainText?) -> ProjectSettings {
        overlay.projects[project] ?? store.settings(of: project) ?? ProjectSettings()
    }

    /// - Complexity: O(1).
    func bodies(of id: TaskID) -> TaskBodies {
        var bodies = store.bodies(of: id) ?? TaskBodies()
        if let change = overlay.bodies[id] {
            if let payload = change.payload { bodies.payload = payload }
            if let result = change.result { bodies.result = result }
        }
        return bodies
    }

    /// The number of the next event, and its place in time, which goes on when a clock is set back.
    func next(at time: Timestamp) -> Since { Since(at: max(latest, time.milliseconds), by: sequence + 1) }
}

extension TaskRecord {
    /// Whether the queue has ended it, and it was not done.
    var hasEndedBadly: Bool { status == .failed && work?.isEndedByQueue ?? false }

    /// Whether a task of that policy that needs this one need not wait for it any more.
    func meets(_ policy: DependencyPolicy) -> Bool {
        status == .completed || (policy == .ignore && hasEndedBadly)
    }

    var projectName: PlainText? { project.map { PlainText($0) } }
}
