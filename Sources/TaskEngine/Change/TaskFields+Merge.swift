extension TaskFields {
    /// Writes the values that are set into `task`, and returns the fields in which they differ from what it had, in
    /// the order of `TaskField`.
    func merge(into task: inout TaskRecord) -> [TaskField] {
        var changed: [TaskField] = []
        func merge<Value: Equatable>(
            _ value: Value?, into current: inout Value, as field: TaskField,
            unless isSame: (Value, Value) -> Bool = { $0 == $1 }
        ) {
            guard let value, !isSame(value, current) else { return }
            current = value
            changed.append(field)
        }
        merge(title, into: &task.title, as: .title, unless: isSameText)
        merge(description, into: &task.description, as: .description, unless: isSameText)
        merge(status, into: &task.status, as: .status)
        merge(priority, into: &task.priority, as: .priority)
        merge(dependencies, into: &task.dependencies, as: .dependencies)
        merge(project, into: &task.project, as: .project)
        return changed
    }
}

/// Swift's `==` takes an é of one scalar and one of two for the same string; whoever wrote the other one means it.
private func isSameText(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8Span.span, right.utf8Span.span)
    return left.count == right.count && left.indices.allSatisfy { left[$0] == right[$0] }
}
