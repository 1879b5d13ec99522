import HTTPTypes
import Logging
import TaskEngine
import TaskStorage
import UVCore
import UVHTTP

/// One task: created, read, changed, deleted.
@LoopActor
struct TaskRoutes: ServerPart {
    private let board: TaskBoard
    private let queue: WorkQueue
    private let text: TaskText
    private let log: Logger

    init(_ queue: WorkQueue, _ text: TaskText, _ log: Logger) {
        board = queue.board
        self.queue = queue
        self.text = text
        self.log = log
    }

    func addRoutes(to router: Router, behind gates: Gates) {
        let validation = ValidationMiddleware()
        let change = validation { update($0, $1, $2, $3) }
        router.post("/tasks", through: gates.workers, validation { create($0, $1, $2, $3) })
        router.group("/tasks", through: gates.members) { tasks in
            tasks.get("/:id") { show($0, $1) }
            tasks.put("/:id", change)
            tasks.patch("/:id", change)
            tasks.delete("/:id") { delete($0, $1) }
        }
    }

    private func create(
        _ fields: consuming TaskFields, _ key: IdempotencyKey?, _ request: IncomingMessage, _ response: ServerResponse
    ) {
        let now = Timestamp.now
        let id = board.nextID(at: now)
        // What the body lacks is told first. A POST goes to the list, which is always there and has no tag.
        if let flaw = fields.flaw {
            submit(.refuse(id, because: flaw), key, at: now, response)
        } else if !request.precondition.isMetWithoutTag {
            submit(.refuse(id, because: .preconditionFailed(nil)), key, at: now, response)
        } else if !queue.hasRoom(for: fields) {
            submit(.refuse(id, because: .queueFull), key, at: now, response)
        } else {
            submit(.create(id, fields), key, at: now, response)
        }
    }

    private func show(_ request: IncomingMessage, _ response: ServerResponse) {
        guard let form = form(of: request, response), let task = board.task(of: request, response),
            response.shows(task, to: request)
        else { return }
        if task.isPlain, form == .brief { response.end(task) } else { queue.end(response, with: task, form) }
    }

    /// How much the request wants to see; nil if its query has something wrong, which is answered.
    private func form(of request: IncomingMessage, _ response: ServerResponse) -> TaskView.Form? {
        guard case .some = request.query.text else { return .brief }
        do throws(QueryParameters.Invalid) {
            return try request.query.form
        } catch {
            response.end(error)
            return nil
        }
    }

    private func update(
        _ fields: consuming TaskFields, _ key: IdempotencyKey?, _ request: IncomingMessage, _ response: ServerResponse
    ) {
        guard let id = TaskBoard.id(of: request, response) else { return }
        submit(.update(id, fields, expecting: request.precondition), key, at: .now, response)
    }

    /// What a body of a DELETE says is a part of what its key stands for, and nothing else.
    private func delete(_ request: IncomingMessage, _ response: ServerResponse) {
        guard request.hasHeader(.idempotencyKey) else { return delete(nil, request, response) }
        guard request.hasUsableKey(response) else { return }
        request.collect { result in
            guard case .success(let body) = result else { return }
            delete(try request.key(of: body), request, response)
        }
    }

    private func delete(_ key: IdempotencyKey?, _ request: IncomingMessage, _ response: ServerResponse) {
        guard let id = TaskBoard.id(of: request, response) else { return }
        submit(.delete(id, expecting: request.precondition), key, at: .now, response)
    }
}

// MARK: - Changes

extension ServerResponse {
    static let notKept = "The change could not be kept, and was not made."

    /// Ends the response with why a change was not kept, or whether it was is not known.
    func end(_ error: LogError) {
        switch error {
        case .refused: end(.storageUnavailable, Self.notKept)
        case .unknown:
            end(
                .outcomeUnknown,
                "Whether the change was kept could not be found out: repeat it with its Idempotency-Key, or read.")
        }
    }
}

extension TaskRoutes {
    private func submit(
        _ action: consuming TaskCommand.Action, _ key: IdempotencyKey?, at time: Timestamp, _ response: ServerResponse
    ) {
        let command = TaskCommand(action, requestID: response.requestName, timestamp: time, key: key)
        // No closure has to be made where the answer is there at once.
        if board.settle(command, { answer($0, response) }) { return }
        board.submit(command) { result in
            switch result {
            case .success(let outcome): answer(outcome, response)
            case .failure(let error): refuse(error, response)
            }
        }
    }

    /// The store's own trouble is told once, by the server; which requests it was that failed is for those that look.
    private func refuse(_ error: LogError, _ response: ServerResponse) {
        log.debug("The change was not kept: \(error.message)", metadata: ["requestId": "\(response.requestID)"])
        response.end(error)
    }

    private func answer(_ outcome: Decision.Outcome, _ response: ServerResponse) {
        switch outcome {
        case .created(let task): endCreated(task.id, task, response)
        case .updated(let task), .unchanged(let task): end(with: task, response)
        case .deleted: endDeleted(response)
        case .repeated(let kind, let id, let task):
            response.setReplayed()
            switch kind {
            case .created: endCreated(id, task, response)
            case .updated: end(with: task, response)
            case .deleted: endDeleted(response)
            }
        case .refused(let error): response.end(error)
        case .duplicate(let task): queue.end(response, with: task, .brief, isDuplicate: true)
        case .worked(let task), .renewed(let task, _): end(with: task, response)
        case .claimed, .swept, .project, .several, .refusedPart: response.end()
        }
    }

    private func endCreated(_ id: TaskID, _ task: TaskRecord?, _ response: ServerResponse) {
        response.status = .created
        response.setLocation(of: id)
        end(with: task, response)
    }

    /// Ends with the task as it is. One that is gone by the time its change is asked for again has no content.
    private func end(with task: TaskRecord?, _ response: ServerResponse) {
        guard let task else { return response.end() }
        guard task.isPlain else { return queue.end(response, with: task, .brief) }
        response.setTag(of: task)
        text.with(task) { response.end(json: $0) }
    }

    private func endDeleted(_ response: ServerResponse) {
        response.status = .noContent
        response.end()
    }
}
