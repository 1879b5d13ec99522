import TaskEngine
import UVCore
import UVHTTP

/// The orders to work in.
@LoopActor
struct TaskOrders {
    private let queue: WorkQueue
    private let desk: OrderDesk

    init(_ queue: WorkQueue, _ snapshots: Snapshots) {
        self.queue = queue
        desk = OrderDesk(snapshots) { [board = queue.board] in board.store }
    }

    /// Answers with an order of the task `root` and what it needs, or of all tasks.
    func send(_ root: TaskID?, _ response: ServerResponse) {
        desk.find(root, for: response) { outcome in
            switch outcome {
            case .order(let list): send(list, of: root, response)
            case .cycle(let list): sendCycle(list, response)
            case .missing(let id, let requiredBy):
                let message = "Task \(requiredBy) depends on \(id), which does not exist."
                response.end(.validationError, message) { details in
                    details.member("missingTaskId", id)
                    details.member("requiredBy", requiredBy)
                }
            case .noSuchTask: response.end(.taskNotFound, "The task was deleted while its order was looked for.")
            case .busy: response.endUnread()
            }
        }
    }

    /// Sends the ids, then the tasks, which it looks up when it is their turn: one that is changed meanwhile appears as
    /// it is then, one that is deleted does not.
    private func send(_ list: Snapshots.List<[TaskID]>, of scope: TaskID?, _ response: ServerResponse) {
        var json = JSONText.beginning { json in
            json.member("requestId", response.requestID)
            json.member("scope", scope == nil ? "all" : "task")
            json.member("scopedTaskId", scope?.description)
            json.member("totalTasksInOrder", list.ids.count)
        }
        json.beginArray("orderedTaskIds")
        var (position, tasksPosition) = (0, 0)
        var areIDsWritten = false
        TaskArray.send(
            response, beginning: json,
            from: { [queue] json in
                if !areIDsWritten {
                    guard !json.ids(list.ids, from: &position) else { return true }
                    areIDsWritten = true
                    json.endArray()
                    json.beginArray("orderedTasks")
                }
                return json.tasks(list.ids, from: &tasksPosition, of: queue)
            }, closing: "]}")
    }

    /// Sends the circle as the error it is; it may have as many ids as there are tasks.
    private func sendCycle(_ list: Snapshots.List<[TaskID]>, _ response: ServerResponse) {
        response.status = ErrorCode.conflict.status
        let json = JSONText.beginning { json in
            json.beginObject("error")
            json.errorMembers(
                .conflict, "The tasks depend on each other in a circle: there is no order.", response.requestID)
            json.beginObject("details")
            json.beginArray("cyclePath")
        }
        var position = 0
        TaskArray.send(
            response, beginning: json, from: { json in json.ids(list.ids, from: &position) }, closing: "]}}}")
    }
}
