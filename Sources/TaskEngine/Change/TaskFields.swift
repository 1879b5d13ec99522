/// Field values a client asks for, each checked: what a value here holds, a task may hold.
///
/// ```swift
/// var fields = TaskFields()
/// try fields.set(title: "Learn WebSockets")
/// try fields.set(priority: 5)
/// ```
///
/// A field that was not set is left as it is by an update, and gets its default in a new task.
public struct TaskFields: Sendable {
    /// 1 to 500 Unicode scalars, trimmed; nil if it is not set.
    public private(set) var title: String?
    /// At most 10,000 Unicode scalars; nil if it is not set.
    public private(set) var description: String?
    /// Nil if it is not set; a new task is pending then.
    public private(set) var status: TaskStatus?
    /// A number in ``TaskPriority/range``, higher is more urgent; nil if it is not set.
    public private(set) var priority: Int?
    /// The tasks that are needed, each once, at most 1,000; nil if they are not set. They replace all that there were.
    public private(set) var dependencies: [TaskID]?
    /// `.some(nil)` takes the task out of its project.
    public private(set) var project: String??
    /// What of the work queue is set; nil if nothing.
    public internal(set) var work: Apart<WorkFields>?

    /// Sets no field.
    public init() {}

    /// Sets the title, without the white space at its ends.
    ///
    /// - Throws: `.invalidField(.title)` unless 1 to 500 Unicode scalars are left after trimming.
    public mutating func set(title: String) throws(TaskError) {
        self.title = try FieldRules.title(title)
    }

    /// Sets the description; it may be empty.
    ///
    /// - Throws: `.invalidField(.description)` beyond 10,000 Unicode scalars.
    public mutating func set(description: String) throws(TaskError) {
        self.description = try FieldRules.description(description)
    }

    /// Sets the status. A worker that holds the task loses its lease when the status changes.
    public mutating func set(status: TaskStatus) {
        self.status = status
    }

    /// Sets the status by its name: `pending`, `in-progress`, `completed` or `failed`.
    ///
    /// - Throws: `.invalidField(.status)` unless it is the name of a status.
    public mutating func set(status: String) throws(TaskError) {
        self.status = try FieldRules.status(status)
    }

    /// Sets the priority, higher is more urgent.
    ///
    /// - Throws: `.invalidField(.priority)` outside `TaskPriority.range`.
    public mutating func set(priority: Int) throws(TaskError) {
        self.priority = try FieldRules.priority(priority)
    }

    /// Sets the priority to a number as JSON has it.
    ///
    /// - Throws: `.invalidField(.priority)` unless it is a whole number (5.0 is) in `TaskPriority.range`.
    public mutating func set(priority: Double) throws(TaskError) {
        self.priority = try FieldRules.priority(priority)
    }

    /// Sets the priority to a number written as text.
    ///
    /// - Throws: `.invalidField(.priority)` unless it is decimal digits, perhaps after a sign, in `TaskPriority.range`.
    public mutating func set(priority: String) throws(TaskError) {
        self.priority = try FieldRules.priority(priority)
    }

    /// Sets the tasks that are needed, by the texts of their ids.
    /// Repeated ids are kept once, where they first stand.
    ///
    /// - Throws: `.invalidField(.dependencies)` beyond 1,000 ids, repeated ones counted, or if one is not a UUID.
    public mutating func set(dependencies: [String]) throws(TaskError) {
        self.dependencies = try FieldRules.dependencies(dependencies)
    }

    /// Sets the tasks that are needed.
    /// Repeated ids are kept once, where they first stand.
    ///
    /// - Throws: `.invalidField(.dependencies)` beyond 1,000 ids, repeated ones counted.
    public mutating func set(dependencies: [TaskID]) throws(TaskError) {
        self.dependencies = try FieldRules.dependencies(dependencies)
    }

    /// Sets the project; nil takes the task out of the one that it is in.
    ///
    /// - Throws: `.invalidField(.project)` unless it is `nil` or 1 to 64 of `A–Z a–z 0–9 . _ -`.
    public mutating func set(project: String?) throws(TaskError) {
        self.project = .some(try project.map(FieldRules.project))
    }
}

extension TaskFields: Hashable {
    /// Texts are compared as bytes.
    public static func == (left: TaskFields, right: TaskFields) -> Bool {
        left.status == right.status && left.priority == right.priority && left.dependencies == right.dependencies
            && left.title.isSame(as: right.title) && left.description.isSame(as: right.description)
            && isSameProject(left.project, right.project) && left.work == right.work
    }

    /// Whether both leave the project as it is, or set the same one.
    private static func isSameProject(_ left: String??, _ right: String??) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (let left?, let right?): left.isSame(as: right)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(priority)
        hasher.combine(dependencies)
    }
}
