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
                guard json.bytes.count < TaskArray.pieceLength, looked < 5_000 else { return true }
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
    private func end(_ response: ServerResponse, _ resolution: Resolution<TaskID>, of scope: TaskID?) {
        switch resolution {
        case .order(let ids):
            let store = board.store
            var opening = JSONText.object { json in
                json.member("requestId", response.requestID)
                json.member("scope", scope == nil ? "all" : "task")
                json.member("scopedTaskId", scope?.description)
                json.member("totalTasksInOrder", ids.count)
                json.array("orderedTaskIds") { for id in ids { $0.element(id.write) } }
            }
            opening.removeLast()
            TaskArray.send(
                response, opening: opening + Array(",\"orderedTasks\":".utf8), closing: "}",
                ids.compactMap { store[$0] })
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
    static let link: HTTPField.Name = {
        guard let name = HTTPField.Name("Link") else { preconditionFailure("Link is a token") }
        return name
    }()
}
