extension TaskFields {
    /// A new task with these fields; those that are not set get their defaults.
    ///
    /// - Throws: `.missingField(.title)` without a title.
    public func newTask(
        _ id: TaskID, createdAt: Timestamp, updatedAt: Timestamp, revision: Int
    ) throws(TaskError) -> TaskRecord {
        guard let title else { throw .missingField(.title) }
        return TaskRecord(
            id: id, title: title, description: description ?? "", status: status ?? .pending,
            priority: priority ?? TaskPriority.standard, dependencies: dependencies ?? [], project: project ?? nil,
            createdAt: createdAt, updatedAt: updatedAt, revision: revision)
    }
}
