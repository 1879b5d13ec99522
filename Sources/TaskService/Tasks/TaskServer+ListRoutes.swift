import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

/// Many tasks: the list, the queue, the order to work in.
extension TaskServer {
    func addListRoutes() {
        let members = chain(for: .members)
        router.get("/tasks", through: members) { [self] in list($0, $1) }
        router.get("/tasks/count", through: members) { [self] _, response in
            response.end(json: JSONText.object { $0.member("count", board.store.count) })
        }
        router.get("/tasks/next", through: members) { [self] _, response in
            endWithNext(response, otherwise: "No tasks in queue")
        }
        router.get("/tasks/peek", through: members) { [self] _, response in
            endWithNext(response, otherwise: "Queue is empty")
        }
        router.get("/tasks/queue", through: members) { [self] _, response in
            let store = board.store
            TaskArray.send(response, store.queue.array.compactMap { store[$0] })
        }
        router.get("/tasks/resolve", through: members) { [self] _, response in
            end(response, board.store.resolveAll(), of: nil)
        }
        router.get("/tasks/:id/resolve", through: members) { [self] request, response in
            guard let task = task(of: request, response), let order = board.store.resolve(task.id) else { return }
            end(response, order, of: task.id)
        }
    }

    private func endWithNext(_ response: ServerResponse, otherwise message: String) {
        guard let task = board.store.next else {
            return response.end(json: JSONText.object { $0.member("message", message) })
        }
        response.end(task)
    }
}

// MARK: - The list

extension TaskServer {
    private func list(_ request: IncomingMessage, _ response: ServerResponse) {
        let filter: TaskFilter
        do throws(Query.Invalid) {
            filter = try TaskFilter(Query(request.query))
        } catch {
            return response.end(error)
        }
        guard let limit = filter.limit else { return sendAll(of: filter, response) }
        let page = board.store.page(after: filter.cursor, limit: limit, where: filter.admits)
        if let next = page.next {
            response.setHeader(.link, "</tasks?\(filter.query(after: next))>; rel=\"next\"")
        }
        TaskArray.send(response, page.tasks)
    }

    /// Walks the store by a cursor, a piece at a time, for it may change in between.
    private func sendAll(of filter: TaskFilter, _ response: ServerResponse) {
        var cursor = filter.cursor
        TaskArray.send(response) { [board] json in
            var looked = 0
            for task in board.store.tasks(after: cursor) {
                guard json.bytes.count < TaskArray.pieceSize, looked < 5_000 else { return true }
                cursor = task.id
                looked += 1
                if filter.admits(task) { json.task(task) }
            }
            return false
        }
    }
}

// MARK: - The order to work in

extension TaskServer {
    /// Sends the ids, then the tasks, which it looks up when it is their turn: one that is changed meanwhile appears as
    /// it is then, one that is deleted does not.
    private func send(_ order: [TaskID], of scope: TaskID?, _ response: ServerResponse) {
        var opening = JSONText.object { json in
            json.member("requestId", response.requestID)
            json.member("scope", scope == nil ? "all" : "task")
            json.member("scopedTaskId", scope?.description)
            json.member("totalTasksInOrder", order.count)
        }
        opening.removeLast()
        var json = JSONText(beginning: opening, needsComma: true)
        json.beginArray("orderedTaskIds")
        var ids = order[...]
        var tasks: ArraySlice<TaskID>?
        TaskArray.send(
            response, beginning: json,
            from: { [board] json in
                while json.bytes.count < TaskArray.pieceSize, let id = ids.popFirst() { json.element(id.write) }
                guard ids.isEmpty else { return true }
                if tasks == nil {
                    json.endArray()
                    json.beginArray("orderedTasks")
                    tasks = order[...]
                }
                let store = board.store
                while json.bytes.count < TaskArray.pieceSize, let id = tasks?.popFirst() {
                    if let task = store[id] { json.task(task) }
                }
                return tasks?.isEmpty == false
            }, closing: "]}")
    }

    private func end(_ response: ServerResponse, _ resolution: Resolution<TaskID>, of scope: TaskID?) {
        switch resolution {
        case .order(let ids): send(ids, of: scope, response)
        case .cycle(let path):
            response.end(.conflict, "The tasks depend on each other in a circle: there is no order.") { details in
                details.array("cyclePath") { for id in path { $0.element(id.write) } }
            }
        case .missing(let id, let requiredBy):
            response.end(.validationError, "Task \(requiredBy) depends on \(id), which does not exist.") { details in
                details.member("missingTaskId", id.description)
                details.member("requiredBy", requiredBy.description)
            }
        }
    }
}

extension HTTPField.Name {
    /// `Link`, RFC 8288.
    static let link = HTTPField.Name.named("Link")
}
