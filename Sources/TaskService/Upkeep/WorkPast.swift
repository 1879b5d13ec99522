import TaskEngine

/// How the work on a task has gone until it was exported: what only a server sets. The claims of it are not read, for their
/// fences are of another history.
struct WorkPast {
    private(set) var result: JSONBody?
    private var isCancelled = false
    private var reason = Cancellation()
    /// The rest, as it is in a task.
    private var work = WorkState()

    /// How many attempts and stalls a line is believed to have had: more of them change nothing.
    private static let countLimit = 1_000_000

    /// Reads the member of that name, or skips it.
    mutating func read(_ name: JSONString, from body: inout BodyReader) throws(JSONError) {
        if body.says(name, "state") {
            isCancelled = try body.json.readText { $0.isSame(as: "cancelled") } ?? false
        } else if body.says(name, "attempt") {
            work.attempt = try body.count("attempt", cutAt: Self.countLimit)
        } else if body.says(name, "stalls") {
            work.stalls = try body.count("stalls", cutAt: Self.countLimit)
        } else if body.says(name, "startedAt") {
            work.startedAt = try body.null("startedAt") ? nil : body.time("startedAt")
        } else if body.says(name, "finishedAt") {
            work.finishedAt = try body.null("finishedAt") ? nil : body.time("finishedAt")
        } else if body.says(name, "endedByQueue") {
            work.isEndedByQueue = try body.bool("endedByQueue") ?? false
        } else if body.says(name, "error") {
            work.error = try body.null("error") ? nil : body.error()
        } else if body.says(name, "reason") {
            reason = try body.null("reason") ? Cancellation() : body.cancellation("reason") ?? Cancellation()
        } else if body.says(name, "result") {
            result = try body.body("result", limit: JSONBody.limit) ?? nil
        } else {
            try body.skip()
        }
    }

    /// What the queue knows of the task, whose fields say `state`; nil if that is nothing. What has not ended has no end; and
    /// in a task that has not failed, a cancellation would be one that was asked for, which has a lease.
    func state(of status: TaskStatus, behind state: WorkState?) -> WorkState? {
        var work = work
        if !status.isEnd { (work.finishedAt, work.isEndedByQueue) = (nil, false) }
        if isCancelled, status == .failed { work.cancellation = reason }
        guard work != WorkState() || result != nil else { return state }
        work.settings = state?.settings ?? WorkSettings()
        work.due = state?.due
        return work
    }
}

extension BodyReader {
    fileprivate mutating func count(_ field: String, cutAt limit: Int) throws(JSONError) -> Int {
        min(try integer(field, in: 0...Int.max) ?? 0, limit)
    }

    fileprivate mutating func cancellation(_ field: String) throws(JSONError) -> Cancellation? {
        try object(field) { body throws(JSONError) in
            var cancellation = Cancellation()
            while let name = try body.nextMember() {
                if body.says(name, "text") {
                    cancellation.reason = try body.cancellationReason("text")
                } else if body.says(name, "by") {
                    cancellation.by = try body.null("by") ? nil : body.id("by")
                } else {
                    try body.skip()
                }
            }
            return cancellation
        }
    }
}
