import TaskEngine

/// Which tasks a list shall hold: `?status=pending&project=a&limit=20&after=ID`.
struct TaskFilter {
    private let status: TaskStatus?
    private let project: String?
    /// The most tasks that it shall hold; nil for all.
    let limit: Int?
    /// The task it begins behind.
    let cursor: TaskID?

    init(_ query: Query) throws(Query.Invalid) {
        status = try Self.read("status", TaskField.status.rule, query, TaskStatus.init(rawValue:))
        project = query["project"]
        limit = try query.integer("limit", in: 1...1_000)
        cursor = try Self.read("after", "the id of a task", query) { TaskID($0) }
    }

    func admits(_ task: TaskRecord) -> Bool {
        (status == nil || task.status == status) && (project == nil || task.project == project)
    }

    /// The query of the next page.
    func query(after cursor: TaskID) -> String {
        let pairs = [
            // The names of projects that exist need no escape in a query.
            status.map { "status=\($0.rawValue)" }, project.map { "project=\($0)" }, limit.map { "limit=\($0)" },
            "after=\(cursor)",
        ]
        return pairs.compactMap(\.self).joined(separator: "&")
    }

    private static func read<Value>(
        _ name: String, _ rule: String, _ query: Query, _ parse: (String) -> Value?
    ) throws(Query.Invalid) -> Value? {
        guard let text = query[name] else { return nil }
        guard let value = parse(text) else { throw Query.Invalid(name: name, rule: rule) }
        return value
    }
}
