import TaskEngine
import UVCore
import UVHTTP

/// Reads a JSON body, and lets those pass that describe a task: to a handler that is given what they say, and the key
/// that they come under.
///
/// ```swift
/// tasks.post("", validation { fields, key, request, response in … })
/// ```
@LoopActor
struct ValidationMiddleware {
    typealias Handler = (consuming TaskFields, IdempotencyKey?, IncomingMessage, ServerResponse) -> Void

    func callAsFunction(_ handler: @escaping Handler) -> HTTPServer.Handler {
        { request, response in
            guard request.hasUsableKey(response) else { return }
            request.collect { result in
                // Whatever else has become of the body, the server has answered it.
                guard case .success(let body) = result, let fields = Self.fields(of: body, response) else { return }
                handler(fields, try request.key(of: body), request, response)
            }
        }
    }

    /// What the body says; nil if it says nothing that can be used, which is answered then.
    private static func fields(of body: [UInt8], _ response: ServerResponse) -> TaskFields? {
        do throws(TaskBodyError) {
            return try TaskFields(json: body)
        } catch {
            switch error {
            case .noJSON(let error): response.end(.invalidJSON, "The body is not JSON: \(error.message).")
            case .noObject: response.end(.validationError, "The body must be a JSON object.")
            case .refused(let error): response.end(error)
            }
            return nil
        }
    }
}

extension ServerResponse {
    /// Ends the response with why a change was refused.
    ///
    /// - Parameter index: Which task of several it was.
    func end(_ error: TaskError, index: Int? = nil) {
        if case .queueFull = error { setRetryAfter() }
        guard error.hasDetails || index != nil else { return end(error.errorCode, "\(error.message).") }
        end(error.errorCode, "\(error.message).") { json in
            json.details(of: error)
            if let index { json.member("index", index) }
        }
    }

    /// Says when to ask again: not all at once.
    func setRetryAfter() { setHeader(.retryAfter, "\(Int.random(in: 1...3))") }
}

extension JSONText {
    /// Writes what an error says beside its message.
    mutating func details(of error: TaskError) {
        if let field = error.field { member("field", field.rawValue) }
        switch error {
        case .leaseLost(_, let state, let fence):
            member("state", state.rawValue)
            if let fence { member("fence", fence) } else { memberNull("fence") }
        case .invalidTransition(_, let state): member("state", state.rawValue)
        case .duplicateTask(let id?): member("taskId", id)
        case .duplicateTask(nil): memberNull("taskId")
        default: break
        }
    }
}

extension TaskError {
    var errorCode: ErrorCode {
        switch self {
        case .taskNotFound: .taskNotFound
        case .preconditionFailed: .preconditionFailed
        case .keyMismatch: .idempotencyMismatch
        case .missingField: .missingRequiredField
        case .invalidField: .validationError
        case .leaseLost: .leaseLost
        case .invalidTransition: .invalidTransition
        case .duplicateTask: .duplicateTask
        case .queueFull: .queueFull
        }
    }

    /// Whether there is something to say beside the message.
    var hasDetails: Bool {
        switch self {
        case .missingField, .invalidField, .leaseLost, .invalidTransition, .duplicateTask: true
        case .taskNotFound, .preconditionFailed, .keyMismatch, .queueFull: false
        }
    }
}
