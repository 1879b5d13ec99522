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
    public var json: String { #"{"error":{"code":"\#(escaped(code))","message":"\#(escaped(message))"}}"# }
}

/// The answer to an error: that of a known one says what it is; that of any other says only that something broke, and
/// `log` is told the rest.
public func errorAnswer(to error: any Error, log: (String) -> Void) -> ErrorAnswer {
    switch error as? TaskProblem {
    case .notFound(let id):
        return ErrorAnswer(status: 404, code: "TASK_NOT_FOUND", message: "There is no task \(id).")
    case .invalid(let field, let message):
        return ErrorAnswer(status: 422, code: "VALIDATION_ERROR", message: "\(field): \(message)")
    case .busy:
        return ErrorAnswer(status: 503, code: "BUSY", message: "Try again later.")
    case nil:
        log("\(error)")
        return ErrorAnswer(status: 500, code: "INTERNAL_ERROR", message: "Something broke.")
    }
}

/// RFC 8259 section 7: the quote, the backslash and all below the space cannot stand in a string as they are.
private func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"", "\\": result += "\\\(scalar)"
        case "\u{0}"..<" ":
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
