/// Why a chore of the operator's ended before its work was done. What it had begun to write is gone then.
package enum UpkeepError: Error, Equatable {
    /// One sentence for the operator.
    case failed(String)
    /// The operator has told it to end.
    case interrupted
    /// No process reads the output any more.
    case unread
}

extension UpkeepError {
    init(_ error: LogError) { self = .failed(error.message) }

    init(_ error: DatabaseError, _ path: String) { self = .failed(SQLiteFile.explanation(of: error, path)) }
}
