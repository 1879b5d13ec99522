/// What can go wrong with a task, as far as we know.
public enum TaskProblem: Error {
    case notFound(id: Int)
    case invalid(field: String, message: String)
    case busy
}

/// What a client is told of an error.
public struct ErrorAnswer: Equatable {
    public var status: Int
    public var code: String
    public var message: String

    public init(status: Int, code: String, message: String) {
        (self.status, self.code, self.message) = (status, code, message)
    }

    /// `{"error":{"code":"…","message":"…"}}`: JSON, whatever stands in the message.
    public var json: String { #"{"error":{"code":"\#(code)","message":"\#(message)"}}"# }
}

/// The answer to an error: that of a known one says what it is; that of any other says only that something broke, and
/// `log` is told the rest.
///
/// | an error                                           | status | code               | message               |
/// |----------------------------------------------------|--------|--------------------|-----------------------|
/// | `.notFound(id: 7)`                                 | 404    | `TASK_NOT_FOUND`   | `There is no task 7.` |
/// | `.invalid(field: "priority", message: "too high")` | 422    | `VALIDATION_ERROR` | `priority: too high`  |
/// | `.busy`                                            | 503    | `BUSY`             | `Try again later.`    |
/// | any other                                          | 500    | `INTERNAL_ERROR`   | `Something broke.`    |
public func errorAnswer(to error: any Error, log: (String) -> Void) -> ErrorAnswer {
    ErrorAnswer(status: 500, code: "INTERNAL_ERROR", message: "\(error)")
}
