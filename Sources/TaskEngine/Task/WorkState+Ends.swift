extension WorkState {
    /// The lease is over: what it was is noted among the attempts.
    mutating func endLease(_ outcome: Attempt.Outcome, at time: Timestamp, error: WorkError? = nil) {
        guard let lease else { return }
        if attempts.count == Attempt.kept { attempts.removeFirst() }
        attempts.append(
            Attempt(
                worker: lease.worker, fence: lease.fence, startedAt: lease.since, endedAt: time, outcome: outcome,
                error: error?.brief))
        lastFence = lease.fence
        self.lease = nil
    }

    /// The queue ends the task.
    package mutating func finish(at time: Timestamp) {
        due = nil
        stalls = 0
        finishedAt = time
        isEndedByQueue = true
    }

    /// A client has set the task's status: no fence counts any more, and nothing is asked for.
    mutating func overrule(from former: TaskStatus, to status: TaskStatus, at time: Timestamp) {
        // The attempt does not count: a task that is set to pending in its last one has it still.
        if lease != nil { attempt -= 1 }
        endLease(.overruled, at: time)
        lastFence = nil
        cancellation = nil
        due = nil
        isEndedByQueue = false
        finishedAt = status.isEnd ? time : nil
        if former.isEnd { (attempt, stalls) = (0, 0) }
    }

    /// As it was before the first claim.
    mutating func restart() {
        (attempt, stalls, lastFence) = (0, 0, nil)
        (due, error, cancellation) = (nil, nil, nil)
        (startedAt, finishedAt, isEndedByQueue) = (nil, nil, false)
    }

    /// What the last claim of that fence came to, if none came behind it and no client has set the status since.
    func outcome(of fence: Int) -> Attempt.Outcome? { lastFence == fence ? attempts.last?.outcome : nil }
}

extension TaskStatus {
    /// Whether a task of this status has ended.
    public var isEnd: Bool { self == .completed || self == .failed }
}

extension WorkError {
    /// How many scalars a message has at most.
    public static let messageLimit = 1_000

    static let leaseExpired = WorkError(code: "LEASE_EXPIRED", message: "The lease ran out in the last attempt")
    static let stalled = WorkError(code: "STALLED", message: "Too many leases in a row ran out")
    static let timedOut = WorkError(code: "TIMED_OUT", message: "The attempt took longer than it may")

    /// With a message that is cut at the limit.
    package var cut: WorkError { WorkError(code: code, message: message.prefix(Self.messageLimit), details: details) }

    /// What is kept of it with an attempt.
    var brief: WorkError { WorkError(code: code, message: message.prefix(100)) }
}

extension PlainText {
    /// The first scalars. O(length).
    func prefix(_ count: Int) -> PlainText {
        guard text.utf8.count > count, text.unicodeScalars.count > count else { return self }
        return PlainText(String(text.unicodeScalars.prefix(count)))
    }
}
