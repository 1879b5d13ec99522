import TaskEngine

/// What a call, or a line of an export, says of how work has ended.
extension BodyReader {
    /// Why an attempt has failed. A long message is cut.
    mutating func error() throws(JSONError) -> WorkError? {
        try object("error") { body throws(JSONError) in
            var (code, message, details): (PlainText?, PlainText?, JSONBody?)
            while let name = try body.nextMember() {
                if body.says(name, "code") {
                    code =
                        try body.null("code")
                        ? nil
                        : body.string("code", rule: "1 to \(WorkError.codeLimit) bytes") {
                            (1...WorkError.codeLimit).contains($0.byteCount)
                        }
                } else if body.says(name, "message") {
                    message = try body.string("message", rule: "a string") { _ in true }
                } else if body.says(name, "details") {
                    details = try body.body("details", limit: WorkError.detailsLimit) ?? nil
                } else {
                    try body.skip()
                }
            }
            guard let message = body.required(message, "message") else { return nil }
            return WorkError(code: code, message: message, details: details).cut
        }
    }

    /// Why a task was cancelled, under the name that the text has.
    mutating func cancellationReason(_ field: String) throws(JSONError) -> PlainText? {
        guard try !null(field) else { return nil }
        return try string(field, rule: "a string of 1 to 500 bytes") { (1...500).contains($0.byteCount) }
    }
}
