import TaskEngine
import UVCore
import UVHTTP

/// What the admin does with tasks of the queue, and what holds a task up.
@LoopActor
struct QueueRoutes: ServerPart {
    private let queue: WorkQueue
    private let desk: OrderDesk

    init(queue: WorkQueue) {
        self.queue = queue
        desk = OrderDesk(Snapshots()) { [board = queue.board] in board.store }
    }

    func addRoutes(to router: Router, behind gates: Gates) {
        router.group("/tasks", through: gates.members) { tasks in
            tasks.post("/:id/cancel") { request, response in
                change(request, response) { id, body throws(BodyError) in
                    let cancel = try CancelRequest(json: body)
                    return .cancel(id, reason: cancel.reason, force: cancel.isForced)
                }
            }
            tasks.post("/:id/retry") { request, response in
                change(request, response) { id, body throws(BodyError) in
                    _ = try CancelRequest(json: body)
                    return .retry(id)
                }
            }
            tasks.get("/:id/blockers") { request, response in sendBlockers(request, response) }
        }
    }

    private func change(
        _ request: IncomingMessage, _ response: ServerResponse,
        _ command: @escaping (TaskID, [UInt8]) throws(BodyError) -> WorkCommand
    ) {
        request.collect { result in
            guard case .success(let body) = result, let id = TaskBoard.id(of: request, response) else { return }
            do throws(BodyError) {
                queue.submit(.work(try command(id, body)), for: response) { outcome in
                    switch outcome {
                    case .worked(let task), .updated(let task), .unchanged(let task):
                        queue.end(response, with: task, .full)
                    case .refused(let error): response.end(error)
                    default: response.end(.internalError, "The server has failed to answer.")
                    }
                }
            } catch {
                response.end(error)
            }
        }
    }
}

// MARK: - Blockers

extension QueueRoutes {
    private func sendBlockers(_ request: IncomingMessage, _ response: ServerResponse) {
        guard let task = queue.board.task(of: request, response) else { return }
        guard task.status == .pending, !task.dependencies.isEmpty else { return end([], of: task, response) }
        // A circle is looked for in steps, as an order is.
        desk.find(task.id, for: response) { outcome in
            switch outcome {
            case .cycle(let list): end(list.ids, of: task, response)
            case .busy: response.endUnread()
            case .order, .missing, .noSuchTask: end([], of: task, response)
            }
        }
    }

    /// - Parameter circle: The ids of tasks that need each other in a circle.
    private func end(_ circle: [TaskID], of task: TaskRecord, _ response: ServerResponse) {
        let circle = Set(circle)
        let store = queue.board.store
        JSONPad.lend { json in
            json.array { json in
                for id in store[task.id]?.dependencies ?? [] {
                    guard let blocker = store.blocker(id, of: task, in: circle) else { continue }
                    json.object { json in
                        json.member("id", id)
                        json.member("reason", blocker.name)
                    }
                }
            }
            response.end(json: json)
        }
    }
}

/// Why a dependency is not met.
enum Blocker {
    case pending, failed, cancelled, missing, cycle

    var name: String {
        switch self {
        case .pending: "pending"
        case .failed: "failed"
        case .cancelled: "cancelled"
        case .missing: "missing"
        case .cycle: "cycle"
        }
    }
}

extension TaskStore {
    /// Why the dependency `id` of `task` is not met; nil if it is.
    ///
    /// - Complexity: O(1).
    func blocker(_ id: TaskID, of task: TaskRecord, in circle: Set<TaskID> = []) -> Blocker? {
        guard let needed = self[id] else { return .missing }
        let work = needed.work
        switch needed.status {
        case .completed: return nil
        case .failed:
            let isIgnored = task.work?.settings.onDependencyFailure == .ignore && work?.isEndedByQueue == true
            return isIgnored ? nil : work?.cancellation == nil ? .failed : .cancelled
        case .pending, .inProgress: return circle.contains(id) ? .cycle : .pending
        }
    }

    /// Whether a task waits for what will not come by itself: for a missing task, or one that has failed and does not
    /// cancel it.
    ///
    /// - Complexity: O(dependencies).
    func isStuck(_ task: TaskRecord) -> Bool {
        guard task.status == .pending, !task.dependencies.isEmpty else { return false }
        return task.dependencies.contains { id in
            switch blocker(id, of: task) {
            case .missing, .failed, .cancelled: true
            case .pending, .cycle, nil: false
            }
        }
    }
}
