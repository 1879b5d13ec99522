import TaskEngine
import UVCore
import UVHTTP

/// Reads a JSON body, and lets those pass that describe a task: `request[TaskFields.self]`.
@LoopActor
struct ValidationMiddleware {
    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        // A body over the limit is not read; the route's end refuses it.
        guard !request.exceedsLimit else { return try next() }
        request.collect { result in
            // Whatever else has become of the body, the server has answered it.
            guard case .success(let body) = result, let fields = Self.fields(of: body, response) else { return }
            request[TaskFields.self] = fields
            try next()
        }
    }

    /// What the body says; nil if it says nothing that can be used, which is answered then.
    private static func fields(of body: [UInt8], _ response: ServerResponse) -> TaskFields? {
        do throws(JSONError) {
            guard let members = try JSONReader.readMembers(TaskFields.names, of: body) else {
                response.end(.validationError, "The body must be a JSON object.")
                return nil
            }
            return fields(in: members, response)
        } catch {
            response.end(.invalidJSON, "The body is not JSON: \(error.message).")
            return nil
        }
    }

    private static func fields(in members: [JSONValue?], _ response: ServerResponse) -> TaskFields? {
        do throws(TaskError) {
            return try TaskFields(json: members)
        } catch {
            response.end(error)
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
            case .missingField: .missingRequiredField
            case .invalidField: .validationError
            }
        guard let field = error.field else { return end(code, "\(error.message).") }
        end(code, "\(error.message).") { $0.member("field", field.rawValue) }
    }
}
