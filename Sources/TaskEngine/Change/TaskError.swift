/// Why a change was refused.
public enum TaskError: Error, Sendable, Hashable {
    /// No task has this id.
    case taskNotFound(TaskID)
    /// The task, or the list of tasks, is not in a state that the client asked for (`If-Match`, `If-None-Match`).
    case preconditionFailed(TaskID?)
    /// The client has asked for something else under the same key.
    case keyMismatch
    /// A field that a new task needs was not given.
    case missingField(TaskField)
    /// A field was given a value of the wrong type, or one that it may not have.
    case invalidField(TaskField)

    /// The fence is not that of the task's lease, which is `fence`; nil if it has none.
    case leaseLost(TaskID, TaskState, fence: Int?)
    /// The task's state does not allow it.
    case invalidTransition(TaskID, TaskState)
    /// A task that has not ended has the unique key; nil for one that the same command was to make.
    case duplicateTask(TaskID?)
    /// There are as many tasks, or as much in them, as the server takes.
    case queueFull

    /// The code of the server's contract: what a program reads.
    public var code: String {
        switch self {
        case .taskNotFound: "TASK_NOT_FOUND"
        case .preconditionFailed: "PRECONDITION_FAILED"
        case .keyMismatch: "IDEMPOTENCY_MISMATCH"
        case .missingField: "MISSING_REQUIRED_FIELD"
        case .invalidField: "VALIDATION_ERROR"
        case .leaseLost: "LEASE_LOST"
        case .invalidTransition: "INVALID_TRANSITION"
        case .duplicateTask: "DUPLICATE_TASK"
        case .queueFull: "QUEUE_FULL"
        }
    }

    /// One sentence for a person.
    public var message: String {
        switch self {
        case .taskNotFound(let id): "There is no task \(id)"
        case .preconditionFailed(let id?): "Task \(id) is not in a state that the request asks for"
        case .preconditionFailed(nil): "The list of tasks has no tag, and is always there"
        case .keyMismatch: "The same Idempotency-Key came before with another query or body"
        case .missingField(let field): "\(field.rawValue) is required"
        case .invalidField(let field): "\(field.rawValue) must be \(field.rule)"
        case .leaseLost(let id, _, _): "The lease of task \(id) is another's, or over"
        case .invalidTransition(let id, let state): "Task \(id) is \(state.rawValue), which does not allow that"
        case .duplicateTask(let id?): "Task \(id) has the unique key"
        case .duplicateTask(nil): "Another task of the request has the unique key"
        case .queueFull: "The queue is full"
        }
    }

    /// The field at fault, where it is one.
    public var field: TaskField? {
        switch self {
        case .missingField(let field), .invalidField(let field): field
        default: nil
        }
    }
}
