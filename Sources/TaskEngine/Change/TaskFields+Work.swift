extension TaskFields {
    /// Sets the type, by which workers claim; nil is none.
    ///
    /// - Throws: `.invalidField(.type)` unless it is `nil` or 1 to 64 of `A–Z a–z 0–9 . _ - : /`.
    public mutating func set(type: String?) throws(TaskError) {
        let type = try type.map(WorkRules.type)
        change { $0.type = .some(type) }
    }

    /// Sets what a worker is given.
    ///
    /// - Parameter payload: One JSON value; nil is JSON's null.
    /// - Throws: `.invalidField(.payload)` beyond 64 KiB.
    public mutating func set(payload: JSONBody?) throws(TaskError) {
        let payload = try payload.map(WorkRules.payload)
        change { $0.payload = .some(payload) }
    }

    /// Sets the instant before which the task is not claimed.
    /// Nil is now; beside a delay it says nothing.
    ///
    /// - Throws: `.invalidField(.runAt)` beyond ten years from `now`, or beside a delay.
    public mutating func set(runAt: Timestamp?, now: Timestamp) throws(TaskError) {
        if case .delay = work?.value.start {
            if runAt == nil { return }
            throw .invalidField(.runAt)
        }
        let instant = try runAt.map { instant throws(TaskError) in try WorkRules.runAt(instant, now: now) }
        change { $0.start = instant.map(WorkFields.Start.instant) ?? .now }
    }

    /// Sets how long the task waits, from the time of the command on, before it may be claimed.
    ///
    /// - Parameter delay: Seconds.
    /// - Throws: `.invalidField(.delay)` outside 0 to 31,536,000, or beside an instant.
    public mutating func set(delay: Double) throws(TaskError) {
        if case .instant = work?.value.start { throw .invalidField(.delay) }
        let delay = try WorkRules.seconds(delay, 0...31_536_000, .delay)
        change { $0.start = .delay(delay) }
    }

    /// Sets how many claims may fail before the task does.
    ///
    /// - Throws: `.invalidField(.maxAttempts)` outside 1 to 100.
    public mutating func set(maxAttempts: Int) throws(TaskError) {
        let count = try WorkRules.count(maxAttempts, .maxAttempts)
        change { $0.maxAttempts = count }
    }

    /// Sets how many claims may fail, as a number of JSON.
    ///
    /// - Throws: `.invalidField(.maxAttempts)` unless it is a whole number from 1 to 100.
    public mutating func set(maxAttempts: Double) throws(TaskError) {
        let count = try WorkRules.count(maxAttempts, .maxAttempts)
        change { $0.maxAttempts = count }
    }

    /// Sets how the waits behind failed attempts grow. What is nil has its value of ``RetryPolicy/standard``.
    ///
    /// `base` and `max` are in seconds; `jitter` is a share, 0.2 for a fifth more or less.
    ///
    /// - Throws: `.invalidField(.retry)` unless base is 0.1 to 86,400, factor 1 to 10, max 0 to 604,800, jitter 0 to 1.
    public mutating func set(
        retryBase base: Double? = nil, factor: Double? = nil, max: Double? = nil, jitter: Double? = nil
    ) throws(TaskError) {
        let policy = try WorkRules.retry(base: base, factor: factor, max: max, jitter: jitter)
        change { $0.retry = policy }
    }

    /// Sets how long a claim lasts that names no length of its own.
    ///
    /// - Parameter lease: Seconds.
    /// - Throws: `.invalidField(.lease)` outside 5 to 43,200.
    public mutating func set(lease: Double) throws(TaskError) {
        let lease = try WorkRules.seconds(lease, 5...43_200, .lease)
        change { $0.lease = lease }
    }

    /// Sets how long one attempt may take in all.
    ///
    /// - Parameter timeout: Seconds; nil for as long as an attempt takes.
    /// - Throws: `.invalidField(.timeout)` outside 1 to 604,800.
    public mutating func set(timeout: Double?) throws(TaskError) {
        let timeout = try timeout.map { number throws(TaskError) in
            try WorkRules.seconds(number, 1...604_800, .timeout)
        }
        change { $0.timeout = .some(timeout) }
    }

    /// Sets how many leases in a row may run out without a renewal before the task fails.
    ///
    /// - Throws: `.invalidField(.maxStalls)` outside 1 to 100.
    public mutating func set(maxStalls: Int) throws(TaskError) {
        let count = try WorkRules.count(maxStalls, .maxStalls)
        change { $0.maxStalls = count }
    }

    /// Sets how many leases in a row may run out, as a number of JSON.
    ///
    /// - Throws: `.invalidField(.maxStalls)` unless it is a whole number from 1 to 100.
    public mutating func set(maxStalls: Double) throws(TaskError) {
        let count = try WorkRules.count(maxStalls, .maxStalls)
        change { $0.maxStalls = count }
    }

    /// Sets what becomes of the task when one that it needs ends badly: `cancel`, `hold` or `ignore`.
    ///
    /// - Throws: `.invalidField(.onDependencyFailure)` unless it is the name of a policy.
    public mutating func set(onDependencyFailure: String) throws(TaskError) {
        let policy = try WorkRules.dependencyPolicy(onDependencyFailure)
        change { $0.onDependencyFailure = policy }
    }

    /// Sets the name that no other open task of the project may have.
    ///
    /// `onConflict` is the name of a rule, `existing` or `reject`; nil is `existing`.
    ///
    /// - Throws: `.invalidField(.unique)` unless the key has 1 to 256 bytes and the rule is one.
    public mutating func set(uniqueKey key: String, onConflict: String? = nil) throws(TaskError) {
        let unique = try WorkRules.unique(key: key, onConflict: onConflict)
        change { $0.unique = unique }
    }

    private mutating func change(_ change: (inout WorkFields) -> Void) {
        var fields = work?.value ?? WorkFields()
        change(&fields)
        work = Apart(fields)
    }
}
