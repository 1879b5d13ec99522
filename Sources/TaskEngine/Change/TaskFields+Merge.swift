extension TaskFields {
    /// Writes the values that are set into `task`, and returns the fields in which they differ from what it had, in
    /// the order of `TaskField`.
    func merge(into task: inout TaskRecord) -> [TaskField] {
        var changed: [TaskField] = []
        func merge<Value>(
            _ value: Value?, into current: inout Value, as field: TaskField, unless isSame: (Value, Value) -> Bool
        ) {
            guard let value, !isSame(value, current) else { return }
            current = value
            changed.append(field)
        }
        // As bytes: a client that writes an é as two scalars, where the task has it as one, means the change.
        merge(title, into: &task.title, as: .title) { $0.isSame(as: $1) }
        merge(description, into: &task.description, as: .description) { $0.isSame(as: $1) }
        merge(status, into: &task.status, as: .status, unless: ==)
        merge(priority, into: &task.priority, as: .priority, unless: ==)
        merge(dependencies, into: &task.dependencies, as: .dependencies, unless: ==)
        merge(project, into: &task.project, as: .project) { $0.isSame(as: $1) }
        return changed
    }
}
