import HTTPTypes
import TaskEngine
import UVCore
import UVHTTP

/// Many tasks: the list, the queue, the order to work in.
@LoopActor
struct ListRoutes: ServerPart {
    private let queue: WorkQueue
    private let lists: TaskLists
    private let orders: TaskOrders

    init(_ queue: WorkQueue) {
        let snapshots = Snapshots()
        self.queue = queue
        lists = TaskLists(queue, snapshots)
        orders = TaskOrders(queue, snapshots)
    }

    private var board: TaskBoard { queue.board }

    func addRoutes(to router: Router, behind gates: Gates) {
        router.group("/tasks", through: gates.members) { tasks in
            tasks.get("") { lists.sendList($0, $1) }
            tasks.get("/count") { _, response in
                response.endObject { $0.member("count", board.store.count) }
            }
            tasks.get("/next") { _, response in endWithNext(response, otherwise: "No tasks in queue") }
            tasks.get("/peek") { _, response in endWithNext(response, otherwise: "Queue is empty") }
            tasks.get("/queue") { _, response in lists.sendQueue(response) }
            tasks.get("/resolve") { _, response in orders.send(nil, response) }
            tasks.get("/:id/resolve") { request, response in
                if let task = board.task(of: request, response) { orders.send(task.id, response) }
            }
        }
    }

    private func endWithNext(_ response: ServerResponse, otherwise message: String) {
        guard let task = board.store.next else {
            return response.endObject { $0.member("message", message) }
        }
        JSONPad.lend { json in
            queue.write(task, to: &json)
            response.end(json: json)
        }
    }
}
