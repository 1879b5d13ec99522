import TaskEngine

/// How the work on a task has gone until it was exported: what only a server sets. The claims of it are not read, for their
/// fences are of another history.
struct WorkPast {
    private(set) var result: JSONBody?
    private var isCancelled = false
    private var reason = Cancellation()
    /// The rest, as it is in a task.
    private var work = WorkState()

    /// Reads the member of that name, or skips it.
    mutating func read(_ name: JSONString, from reader: inout JSONReader) throws {
        if reader.says(name, "state") {
            isCancelled = try reader.readText { $0.isSame(as: "cancelled") } ?? false
        } else if reader.says(name, "attempt") {
            work.attempt = try reader.readCount("attempt")
        } else if reader.says(name, "stalls") {
            work.stalls = try reader.readCount("stalls")
        } else if reader.says(name, "startedAt") {
            work.startedAt = try reader.readText(Timestamp.init(utf8:))
        } else if reader.says(name, "finishedAt") {
            work.finishedAt = try reader.readText(Timestamp.init(utf8:))
        } else if reader.says(name, "endedByQueue") {
            if case .bool(let value) = try reader.readValue() { work.isEndedByQueue = value }
        } else if reader.says(name, "error") {
            work.error = try reader.readError()
        } else if reader.says(name, "reason") {
            reason = try reader.readReason()
        } else if reader.says(name, "result") {
            result = try reader.readBody()
            guard result?.bytes.count ?? 0 <= JSONBody.limit else {
                throw LineError(message: "result must have at most \(JSONBody.limit) bytes")
            }
        } else {
            try reader.skipValue()
        }
    }

    /// What the queue knows of the task, whose fields say `state`; nil if that is nothing. In a task that has not failed, a
    /// cancellation would be one that was asked for, and that is told to the holder of a claim alone.
    func state(of status: TaskStatus, behind state: WorkState?) -> WorkState? {
        var work = work
        if isCancelled, status == .failed { work.cancellation = reason }
        guard work != WorkState() || result != nil else { return state }
        work.settings = state?.settings ?? WorkSettings()
        work.due = state?.due
        return work
    }
}

extension JSONReader {
    fileprivate mutating func readCount(_ name: String) throws -> Int {
        if case .integer(let number) = try readValue(), (0...1_000_000).contains(number) { return number }
        throw LineError(message: "\(name) must be an integer from 0 to 1000000")
    }

    fileprivate mutating func readPlainText() throws(JSONError) -> PlainText? {
        guard case .string(let text) = try readValue() else { return nil }
        return PlainText(self.text(text))
    }

    /// Nil for what has no message.
    fileprivate mutating func readError() throws(JSONError) -> WorkError? {
        guard try beginObject() else { return nil }
        var (code, message): (PlainText?, PlainText?)
        var details: JSONBody?
        while let name = try nextMember() {
            if says(name, "code") {
                code = try readPlainText()
            } else if says(name, "message") {
                message = try readPlainText()
            } else if says(name, "details") {
                details = try readBody()
            } else {
                try skipValue()
            }
        }
        return message.map { WorkError(code: code, message: $0, details: details) }
    }

    fileprivate mutating func readReason() throws(JSONError) -> Cancellation {
        var reason = Cancellation()
        guard try beginObject() else { return reason }
        while let name = try nextMember() {
            if says(name, "text") {
                reason.reason = try readPlainText()
            } else if says(name, "by") {
                reason.by = try readText(TaskID.init(utf8:))
            } else {
                try skipValue()
            }
        }
        return reason
    }
}
