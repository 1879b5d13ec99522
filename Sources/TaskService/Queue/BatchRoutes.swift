import TaskEngine
import UVCore
import UVHTTP

/// Many tasks that are made in one piece: all of them or none.
@LoopActor
struct BatchRoutes: ServerPart {
    let queue: WorkQueue

    func addRoutes(to router: Router, behind gates: Gates) {
        router.post("/tasks/batch", through: gates.workers) { request, response in
            request.collect { result in
                guard case .success(let body) = result else { return }
                do throws(BodyError) { create(try BatchRequest(json: body), response) } catch { response.end(error) }
            }
        }
    }

    private func create(_ batch: BatchRequest, _ response: ServerResponse) {
        guard queue.hasRoom(for: batch.items.map(\.fields)) else { return response.end(TaskError.queueFull) }
        let now = Timestamp.now
        do throws(BatchRequest.Circle) {
            let (actions, places) = try batch.actions { queue.board.nextID(at: now) }
            queue.submit(.several(actions), for: response) { outcome in
                switch outcome {
                case .several(let outcomes): end(batch, places.map { outcomes[$0] }, response)
                case .refusedPart(let part, let error): response.end(error, index: places.firstIndex(of: part))
                case .refused(let error): response.end(error)
                default: response.end(.internalError, "The server has failed to answer.")
                }
            }
        } catch {
            response.end(.conflict, "The tasks depend on each other in a circle.") { json in
                json.array("cyclePath") { json in for name in error.path { json.element(name) } }
            }
        }
    }

    /// - Parameter outcomes: Those of the items, in their order.
    private func end(_ batch: BatchRequest, _ outcomes: [Decision.Outcome], _ response: ServerResponse) {
        for (index, outcome) in outcomes.enumerated() {
            if case .refused(let error) = outcome { return response.end(error, index: index) }
        }
        response.status = .created
        response.endObject { json in
            json.array("tasks") { json in
                for (item, outcome) in zip(batch.items, outcomes) { json.object { write(item, outcome, to: &$0) } }
            }
        }
    }

    private func write(_ item: BatchRequest.Item, _ outcome: Decision.Outcome, to json: inout JSONText) {
        var isDuplicate = false
        switch outcome {
        case .duplicate(let task):
            isDuplicate = true
            json.member("id", task.id)
        case .created(let task), .worked(let task), .updated(let task): json.member("id", task.id)
        default: break
        }
        json.member("ref", item.ref?.text)
        json.member("duplicate", isDuplicate)
    }
}
