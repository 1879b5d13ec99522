import TaskEngine
import UVCore

/// Which tasks a list holds: `?status=pending&project=a&order=newest&limit=20&after=ID`.
struct TaskFilter {
    private static let names = ["status", "project", "order", "limit", "after"]

    private let status: TaskStatus?
    private let project: String?
    /// Which end the list begins at.
    let order: TaskStore.WalkOrder
    /// The most tasks that it may hold; nil for all.
    let limit: Int?
    /// The task it begins behind.
    let cursor: TaskID?

    init(_ query: Query) throws(Query.Invalid) {
        try query.allow(only: Self.names)
        status = try query.value("status", rule: TaskField.status.rule, TaskStatus.init(text:))
        project = query["project"]
        order = try query.value("order", rule: "oldest or newest", Self.order) ?? .oldest
        limit = try query.integer("limit", in: 1...1_000)
        cursor = try query.value("after", rule: "the id of a task") { TaskID($0) }
    }

    private static func order(_ text: String) -> TaskStore.WalkOrder? {
        TaskStore.WalkOrder.allCases.first { $0.rawValue.isSame(as: text) }
    }

    func admits(_ task: TaskRecord) -> Bool {
        guard status == nil || task.status == status else { return false }
        guard let project else { return true }
        return task.project?.isSame(as: project) ?? false
    }

    /// The query of the next page.
    func query(after cursor: TaskID) -> String {
        let pairs = [
            // The names of projects that exist need no escape in a query.
            status.map { "status=\($0.rawValue)" }, project.map { "project=\($0)" },
            order == .newest ? "order=newest" : nil, limit.map { "limit=\($0)" }, "after=\(cursor)",
        ]
        return pairs.compactMap(\.self).joined(separator: "&")
    }
}
