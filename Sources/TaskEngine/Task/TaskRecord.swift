/// A task as it is kept and sent. (`Task` is Swift's own.)
public struct TaskRecord: Sendable {
    public let id: TaskID
    public var title: String
    public var description: String
    public var status: TaskStatus
    /// Higher is more urgent.
    public var priority: Int
    /// The tasks this one needs, each once, in the order given. One that names no task is allowed.
    public var dependencies: [TaskID]
    public var project: String?
    public let createdAt: Timestamp
    /// When a client last changed the task; a deletion that shortens `dependencies` leaves it as it is.
    public var updatedAt: Timestamp
    /// The number of the event that last changed the task, and so what its ETag is made of.
    ///
    /// A function of the log like all the rest: a fold gives every task the same revision again, which a counter kept
    /// beside the log would not, and a comparison is that of two numbers, not of the hashes of whole tasks. It grows
    /// with each change, also with one that only takes a deleted task out of `dependencies`.
    public var revision: Int

    public init(
        id: TaskID, title: String, description: String = "", status: TaskStatus = .pending,
        priority: Int = TaskPriority.standard, dependencies: [TaskID] = [], project: String? = nil,
        createdAt: Timestamp, updatedAt: Timestamp, revision: Int
    ) {
        self.id = id
        self.title = title
        self.description = description
        self.status = status
        self.priority = priority
        self.dependencies = dependencies
        self.project = project
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.revision = revision
    }
}

extension TaskRecord: Hashable {
    /// Texts are compared as bytes.
    public static func == (left: TaskRecord, right: TaskRecord) -> Bool {
        left.id == right.id && left.revision == right.revision && left.status == right.status
            && left.priority == right.priority && left.createdAt == right.createdAt
            && left.updatedAt == right.updatedAt && left.dependencies == right.dependencies
            && left.title.isSame(as: right.title) && left.description.isSame(as: right.description)
            && left.project.isSame(as: right.project)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(revision)
    }
}
