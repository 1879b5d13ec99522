import TaskEngine

extension TaskFields {
    /// The fields that a client may send, in the order of `TaskField`; members of other names are ignored.
    static let names = JSONNames(TaskField.allCases.map(\.rawValue))

    /// Reads the fields of a task that a client has sent.
    ///
    /// - Parameter members: What was sent for each of ``names``.
    /// - Throws: `.invalidField` for the first field, in the order of `TaskField`, with a wrong type or value.
    init(json members: [JSONValue?]) throws(TaskError) {
        self.init()
        for (field, value) in zip(TaskField.allCases, members) {
            if let value { try set(field, to: value) }
        }
    }

    private mutating func set(_ field: TaskField, to value: JSONValue) throws(TaskError) {
        switch (field, value) {
        case (.title, .string(let text)): try set(title: text)
        case (.description, .string(let text)): try set(description: text)
        case (.status, .string(let text)): try set(status: text)
        case (.priority, .integer(let number)): try set(priority: number)
        case (.priority, .number(let number)): try set(priority: number)
        case (.priority, .string(let text)): try set(priority: text)
        case (.project, .string(let text)): try set(project: text)
        case (.project, .null): try set(project: nil)
        case (.dependencies, .strings(let texts)): try set(dependencies: texts)
        default: throw .invalidField(field)
        }
    }
}
