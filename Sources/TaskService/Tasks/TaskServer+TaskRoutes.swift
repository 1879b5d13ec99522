import HTTPTypes
import Logging
import TaskEngine
import TaskStorage
import UVCore
import UVHTTP

/// One task: created, read, changed, deleted.
extension TaskServer {
    func addTaskRoutes() {
        let members = chain(for: .members)
        let validation = ValidationMiddleware()
        let change = validation { [self] in update($0, $1, $2) }
        router.post("/tasks", through: members, validation { [self] in create($0, $1, $2) })
        router.get("/tasks/:id", through: members) { [self] in show($0, $1) }
        router.put("/tasks/:id", through: members, change)
        router.patch("/tasks/:id", through: members, change)
        router.delete("/tasks/:id", through: members) { [self] in delete($0, $1) }
    }

    private func create(_ fields: TaskFields, _ request: IncomingMessage, _ response: ServerResponse) {
        let now = Timestamp.now
        // A POST goes to the list, which is always there and has no tag. A body without a title is refused first.
        if case .some = fields.title, !request.precondition.isMetWithoutTag {
            return response.end(.preconditionFailed, "The list of tasks has no tag, and is always there.")
        }
        submit(.create(board.nextID(at: now), fields), at: now, response)
    }

    private func show(_ request: IncomingMessage, _ response: ServerResponse) {
        guard let task = task(of: request, response), response.shows(task, to: request) else { return }
        response.end(task)
    }

    private func update(_ fields: TaskFields, _ request: IncomingMessage, _ response: ServerResponse) {
        guard let id = id(of: request, response) else { return }
        submit(.update(id, fields, expecting: request.precondition), at: .now, response)
    }

    private func delete(_ request: IncomingMessage, _ response: ServerResponse) {
        guard let id = id(of: request, response) else { return }
        submit(.delete(id, expecting: request.precondition), at: .now, response)
    }
}

// MARK: - Which task

extension TaskServer {
    /// The task that the path names; nil if there is none, which is answered then.
    func task(of request: IncomingMessage, _ response: ServerResponse) -> TaskRecord? {
        guard let id = id(of: request, response) else { return nil }
        guard let task = board.store[id] else {
            response.end(TaskError.taskNotFound(id))
            return nil
        }
        return task
    }

    /// The id that the path names; nil if it is none, and so no task's, which is answered then.
    func id(of request: IncomingMessage, _ response: ServerResponse) -> TaskID? {
        guard let id = request.parameters["id"].flatMap({ TaskID($0) }) else {
            response.end(.taskNotFound, "There is no task of this name: ids are UUIDs.")
            return nil
        }
        return id
    }
}

// MARK: - Changes

extension TaskServer {
    private func submit(_ action: TaskCommand.Action, at time: Timestamp, _ response: ServerResponse) {
        board.submit(TaskCommand(action, requestID: response.requestID, timestamp: time)) { [self] result in
            switch result {
            case .success(let outcome): answer(outcome, response)
            case .failure(let error):
                log.error(
                    "The change was not kept: \(error.message)", metadata: ["requestId": "\(response.requestID)"])
                response.end(.storageUnavailable, "The change could not be kept, and was not made.")
            }
        }
    }

    private func answer(_ outcome: Decision.Outcome, _ response: ServerResponse) {
        switch outcome {
        case .created(let task):
            response.status = .created
            response.setHeader(.location, "/tasks/\(task.id)")
            response.setHeader(.eTag, EntityTags.tag(of: task.revision))
            text.with(task) { response.end(json: $0) }
        case .updated(let task), .unchanged(let task):
            response.setHeader(.eTag, EntityTags.tag(of: task.revision))
            text.with(task) { response.end(json: $0) }
        case .deleted:
            response.status = .noContent
            response.end()
        case .refused(let error):
            response.end(error)
        }
    }
}
