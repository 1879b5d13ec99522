import TaskEngine

extension JSONText {
    /// Writes `task` as clients see it.
    mutating func task(_ task: TaskRecord) {
        object { $0.fields(of: task) }
    }

    private mutating func fields(of task: TaskRecord) {
        member("id", task.id)
        member("title", task.title)
        member("description", task.description)
        member("status", task.status.rawValue)
        member("priority", task.priority)
        array("dependencies") { dependencies in
            for id in task.dependencies { dependencies.element(id) }
        }
        member("project", task.project)
        member("createdAt", task.createdAt)
        member("updatedAt", task.updatedAt)
    }
}
