import TaskEngine
import UVCore
import UVHTTP

/// Which tasks a list holds: `?status=pending&project=a&order=newest&limit=20&after=ID`.
struct TaskFilter {
    private static let names = [
        "status", "project", "order", "limit", "after", "state", "type", "worker", "stuck", "view",
    ]

    private let status: TaskStatus?
    private let project: String?
    /// What it asks of the work queue; nil if nothing.
    private let work: WorkFilter?
    /// How much is shown of a task.
    let form: TaskView.Form
    /// Which end the list begins at.
    let order: TaskStore.WalkOrder
    /// The most tasks that it may hold; nil for all.
    let limit: Int?
    /// The task it begins behind.
    let cursor: TaskID?

    init(_ query: QueryParameters) throws(QueryParameters.Invalid) {
        try query.allow(only: Self.names)
        status = try query.value("status", rule: TaskField.status.rule, TaskStatus.init(text:))
        project = query["project"]
        work = try WorkFilter(query)
        form = try query.form
        order = try query.value("order", rule: "oldest or newest", Self.order) ?? .oldest
        limit = try query.integer("limit", in: 1...1_000)
        cursor = try query.value("after", rule: "the id of a task") { TaskID($0) }
    }

    private static func order(_ text: String) -> TaskStore.WalkOrder? {
        TaskStore.WalkOrder.allCases.first { $0.rawValue.isSame(as: text) }
    }

    /// The tasks behind `cursor` that come into question, in the list's order: those of its project, in its states.
    func walk(over store: TaskStore, after cursor: TaskID?) -> TaskStore.Walk {
        store.tasks(order, after: cursor, in: states, of: project.map { PlainText($0) })
    }

    /// The states that a task of the list can be in; nil for all.
    private var states: Set<TaskState>? {
        var states = Set(TaskState.allCases)
        if let status { states.formIntersection(TaskState.allCases.filter { $0.status == status }) }
        if let possible = work?.states { states.formIntersection(possible) }
        return states.count < TaskState.allCases.count ? states : nil
    }

    func admits(_ task: TaskRecord, in store: TaskStore) -> Bool {
        guard status == nil || task.status == status else { return false }
        if let project, !(task.project?.isSame(as: project) ?? false) { return false }
        return work?.admits(task, in: store) ?? true
    }

    /// How many tasks are looked at to know whether that one is admitted.
    func looks(at task: TaskRecord) -> Int { work?.isStuck == true ? 1 + task.dependencies.count : 1 }

    /// The query of the next page.
    func query(after cursor: TaskID) -> String {
        let pairs = [
            // The names of projects that exist need no escape in a query.
            status.map { "status=\($0.rawValue)" }, project.map { "project=\($0)" },
            work?.query, form == .full ? "view=full" : nil, order == .newest ? "order=newest" : nil,
            limit.map { "limit=\($0)" }, "after=\(cursor)",
        ]
        return pairs.compactMap(\.self).joined(separator: "&")
    }
}

/// Which tasks of the work queue: `?state=running&type=email&worker=mail-1&stuck=true`.
private struct WorkFilter {
    let isStuck: Bool
    private let state: TaskState?
    private let type: PlainText?
    private let worker: PlainText?

    /// Nil if the query asks for nothing of it.
    init?(_ query: QueryParameters) throws(QueryParameters.Invalid) {
        let states = TaskState.allCases.map(\.rawValue).joined(separator: ", ")
        state = try query.value("state", rule: "one of \(states)") { text in
            TaskState.allCases.first { $0.rawValue.isSame(as: text) }
        }
        type = try query.value("type", rule: "1 to 64 of A-Z a-z 0-9 . _ - : /") { Self.name($0, upTo: 64, "._-:/") }
        worker = try query.value("worker", rule: "1 to 128 of A-Z a-z 0-9 . _ : - @") {
            Self.name($0, upTo: 128, "._:-@")
        }
        isStuck = try query.value("stuck", rule: "true") { $0.isSame(as: "true") ? true : nil } ?? false
        if state == nil, type == nil, worker == nil, !isStuck { return nil }
    }

    private static func name(_ text: String, upTo limit: Int, _ marks: StaticString) -> PlainText? {
        text.utf8Span.span.bytes.isName(upTo: limit, marks) ? PlainText(text) : nil
    }

    /// The states that its tasks can be in; nil for all.
    var states: Set<TaskState>? {
        if let state { return worker == nil || state == .running ? [state] : [] }
        return worker == nil ? nil : [.running]
    }

    func admits(_ task: TaskRecord, in store: TaskStore) -> Bool {
        if let state {
            guard task.status == state.status, store.state(of: task) == state else { return false }
        }
        if let type, task.work?.settings.type != type { return false }
        if let worker, task.work?.lease?.worker != worker { return false }
        return !isStuck || store.isStuck(task)
    }

    var query: String {
        let pairs = [
            state.map { "state=\($0.rawValue)" }, type.map { "type=\(QueryParameters.encoded($0.text))" },
            worker.map { "worker=\(QueryParameters.encoded($0.text))" }, isStuck ? "stuck=true" : nil,
        ]
        return pairs.compactMap(\.self).joined(separator: "&")
    }
}
