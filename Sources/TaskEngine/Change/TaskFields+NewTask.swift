extension TaskFields {
    /// Why no task can be made of them: `.missingField(.title)` without a title or a type, `.invalidField` for a time to
    /// begin at of a task that is not pending. Nil if one can.
    public var flaw: TaskError? {
        if case .none = title ?? work?.value.type??.text { return .missingField(.title) }
        return startFlaw
    }

    /// What is wrong with a time to begin at beside a status that is set, too; nil if nothing is.
    var startFlaw: TaskError? {
        guard let field = work?.value.start?.field, status ?? .pending != .pending else { return nil }
        return .invalidField(field)
    }

    /// A new task with these fields; those that are not set get their defaults.
    ///
    /// `revision` is the number of the event that makes it; `since` is nil if it is in its state since it was created.
    ///
    /// - Throws: The ``flaw``.
    public func newTask(
        _ id: TaskID, createdAt: Timestamp, updatedAt: Timestamp, revision: Int, since: Since? = nil
    ) throws(TaskError) -> TaskRecord {
        if let flaw { throw flaw }
        let state = work?.value.newState(at: createdAt)
        return TaskRecord(
            id: id, title: title ?? work?.value.type??.text ?? "", description: description ?? "",
            status: status ?? .pending, priority: priority ?? TaskPriority.standard, dependencies: dependencies ?? [],
            project: project ?? nil,
            createdAt: createdAt, updatedAt: updatedAt, revision: revision, since: since, work: state)
    }

    /// A new task of the event that `since` names.
    func newTask(_ id: TaskID, at time: Timestamp, since: Since) throws(TaskError) -> TaskRecord {
        try newTask(id, createdAt: time, updatedAt: time, revision: since.by, since: since)
    }

    /// The same fields, but that they need others in place of some tasks.
    func needing(_ replaced: [TaskID: TaskID]) -> TaskFields {
        guard !replaced.isEmpty, let dependencies, dependencies.contains(where: { replaced[$0] != nil }) else {
            return self
        }
        var fields = self
        // No more than there were.
        try? fields.set(dependencies: dependencies.map { replaced[$0] ?? $0 })
        return fields
    }
}
