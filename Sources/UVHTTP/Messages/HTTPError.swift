public import HTTPTypes
import UVCore

/// An error that is an answer. Any handler and any middleware may throw it, or give it to
/// ``ServerResponse/refuse(_:)``.
///
/// ```swift
/// router.get("/tasks/:id") { request, response in
///     guard let task = find(request.parameters["id"]) else { throw HTTPError(.notFound, "There is no such task.") }
///     response.end(task.title)
/// }
/// ```
public struct HTTPError: Error, Sendable {
    /// The answer's status.
    public var status: HTTPResponse.Status

    /// A line for people.
    public var message: String

    /// An error whose message is the status's own phrase if it is left out, such as `Not Found`.
    public init(_ status: HTTPResponse.Status, _ message: String? = nil) {
        self.status = status
        self.message = message ?? status.phrase
    }
}

extension HTTPError: CustomStringConvertible {
    public var description: String { "\(status.code): \(message)" }
}

extension ServerResponse {
    /// Answers with an error: in the server's own shape, see ``HTTPServer/onRefuse``, or by its status and its message as
    /// a line of text. Fields that were set stay.
    ///
    /// Silent when the answer is complete; a connection that was sent a part of another answer is ended.
    public func refuse(_ error: HTTPError) {
        guard !isEnded else { return }
        guard !headersSent else { return fail(error.status) }
        status = error.status
        if let onRefuse = exchange.server.onRefuse {
            if exchange.loop.contain("onRefuse", { try onRefuse(error, self) }) { return }
            if headersSent { return fail(error.status) }
            status = error.status
        }
        setHeader(.contentType, "text/plain; charset=utf-8")
        end("\(error.message)\n")
    }
}
