import TaskEngine

extension TaskID {
    /// The id of the `number`-th task of a test.
    static func test(_ number: Int) -> TaskID {
        TaskID(high: UInt64(number) << 16 | 0x7000, low: 0b10 << 62)
    }
}

extension TaskFields {
    init(
        title: String? = nil, status: TaskStatus? = nil, priority: Int? = nil, needs: [TaskID]? = nil,
        project: String?? = nil
    ) throws {
        self.init()
        if let title { try set(title: title) }
        if let status { set(status: status) }
        if let priority { try set(priority: priority) }
        if let needs { try set(dependencies: needs.map(\.description)) }
        if let project { try set(project: project) }
    }
}

extension TaskCommand {
    init(_ action: Action, at milliseconds: Int64 = 0) {
        self.init(action, requestID: "request-\(milliseconds)", timestamp: Timestamp(milliseconds: milliseconds))
    }
}
