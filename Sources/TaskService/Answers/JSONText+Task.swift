import TaskEngine

extension JSONText {
    /// Writes `task` as clients see it.
    mutating func task(_ task: TaskRecord) {
        object { $0.fields(of: task) }
    }

    mutating func member(_ name: StaticString, task: TaskRecord) {
        member(name) { $0.fields(of: task) }
    }

    private mutating func fields(of task: TaskRecord) {
        ascii("id", task.id.write)
        member("title", task.title)
        member("description", task.description)
        member("status", task.status.rawValue)
        member("priority", task.priority)
        array("dependencies") { dependencies in
            for id in task.dependencies { dependencies.element(id.write) }
        }
        member("project", task.project)
        ascii("createdAt", task.createdAt.write)
        ascii("updatedAt", task.updatedAt.write)
    }
}
