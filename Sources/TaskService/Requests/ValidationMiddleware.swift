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
    func end(_ error: TaskError) {
        let code: ErrorCode =
            switch error {
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
        guard let field = error.field else { return end(code, "\(error.message).") }
        end(code, "\(error.message).") { $0.member("field", field.rawValue) }
    }
}
