import TaskEngine
import UVCore

/// Events as clients see them: the same bytes for each client, and whether it hears of one at once or later.
@LoopActor
struct EventText {
    /// Has the JSON of the task that was written last.
    private let text: TaskText

    init(_ text: TaskText) { self.text = text }

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
            write(task, to: &json)
            json.array("changes") { for field in changes { $0.element(field.rawValue) } }
        case .moved(let task, let from, let to):
            write(task, to: &json)
            json.member("from", from)
            json.member("to", to)
        case .deleted(let id, _):
            json.member("task") { $0.member("id", id) }
        case .project: break
        }
        json.member("seq", event.sequence)
        json.member("requestId", event.requestID)
        json.member("timestamp", event.timestamp)
    }

    private func write(_ task: TaskRecord, to json: inout JSONText) {
        text.with(task) { json.member("task", json: $0) }
    }
}
