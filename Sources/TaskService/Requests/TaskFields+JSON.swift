import TaskEngine

extension TaskFields {
    /// Reads the fields of a task that a client has sent; those of other names are ignored.
    ///
    /// - Throws: `.invalidField` for the first field, in the order of `TaskField`, with a wrong type or value.
    init(json: [String: JSONValue]) throws(TaskError) {
        self.init()
        for field in TaskField.allCases {
            guard let value = json[field.rawValue] else { continue }
            try set(field, to: value)
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
        case (.dependencies, _):
            guard let texts = value.strings else { throw .invalidField(.dependencies) }
            try set(dependencies: texts)
        default: throw .invalidField(field)
        }
    }
}
