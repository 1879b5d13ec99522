import TaskEngine
import UVCore

/// Events as clients see them: the same bytes for each client, and whether it hears of one at once or later.
@LoopActor
struct EventText {
    /// Has the JSON of the task that was written last.
    private let text: TaskText
    /// The tasks as they are: a pending task's state goes by others, too.
    private let store: () -> TaskStore

    init(_ text: TaskText, store: @escaping () -> TaskStore) {
        self.text = text
        self.store = store
    }

    /// The event as an object.
    func json(_ event: TaskEvent) -> [UInt8] {
        JSONText.object { write(event, to: &$0) }
    }

    private func write(_ event: TaskEvent, to json: inout JSONText) {
        json.member("event", event.name)
        switch event.change {
        case .created(let task):
            write(task, to: &json)
        case .updated(let task, let changes, _):
            write(task, to: &json, event.cause)
            json.array("changes") { for field in changes { $0.element(field.rawValue) } }
            if let cause = event.cause { write(cause, of: task, to: &json) }
        case .moved(let task, let from, let to):
            write(task, to: &json)
            json.member("from", from)
            json.member("to", to)
        case .deleted(let id, _):
            json.member("task") { $0.member("id", id) }
            if let cause = event.cause { json.member("cause", cause.kind.rawValue) }
        case .project(let name, let settings):
            json.member("project") { $0.project(name, settings) }
        }
        json.member("seq", event.sequence)
        json.member("requestId", event.requestID)
        json.member("timestamp", event.timestamp)
    }

    private func write(_ task: TaskRecord, to json: inout JSONText, _ cause: TaskEvent.Cause? = nil) {
        guard !task.isPlain else { return text.with(task) { json.member("task", json: $0) } }
        var view = TaskView(task: task, form: .brief, isAlone: false)
        view.bodies = store().bodies(of: task.id) ?? TaskBodies()
        if task.status == .pending, !task.dependencies.isEmpty, cause?.kind != .ready {
            view.unmet = store().unmet(of: task.id)
        }
        json.beginMember("task")
        json.embed { $0.task(view) }
    }

    /// Writes what has led to a transition of the work queue, and what belongs to it.
    private func write(_ cause: TaskEvent.Cause, of task: TaskRecord, to json: inout JSONText) {
        json.member("cause", cause.kind.rawValue)
        if let by = cause.by { json.member("by", by) }
        if cause.isLate { json.member("late", true) }
        guard let work = task.work else { return }
        switch cause.kind {
        case .claimed:
            if let lease = work.lease { json.lease(lease, nil) }
            json.member("attempt", work.attempt)
        case .retrying, .failed, .expired, .timedOut:
            json.member("attempt", work.attempt)
            if let error = work.error { json.error("error", error) }
        case .completed, .released, .undelivered: json.member("attempt", work.attempt)
        case .ready, .cancelled, .retried, .retention: break
        }
        if task.status == .pending, cause.kind == .retrying || work.due != nil {
            json.member("runAt", work.due?.instant ?? task.updatedAt)
        }
    }
}
