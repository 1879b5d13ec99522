/// A task to be made: what is to be done, for which worker, and how often it may be tried.
///
/// ```swift
/// var task = NewTask("email", payload: Mail(to: "a@b.c"))
/// task.priority = 5
/// task.timeout = .seconds(60)
/// ```
///
/// What is left out has the server's default, which is the project's where that has one.
public struct NewTask: Sendable {
    /// Which workers may take it: 1 to 64 of `A–Z a–z 0–9 . _ - : /`.
    public var type: String

    /// What the worker gets: at most 64 KiB of JSON. A ``JSON`` is sent as it is.
    public var payload: (any Encodable & Sendable)?

    /// What people read; the type where it is left out.
    public var title: String?
    /// More for people.
    public var description: String?

    /// A higher one goes first.
    public var priority: Int?
    /// The project, whose settings it has where its own are left out; 1 to 64 bytes.
    public var project: String?

    /// The tasks that have to be completed before.
    public var dependencies: [String] = []

    /// How long it waits before a worker may take it, by elapsed time; up to a year.
    public var delay: Duration?

    /// The instant, by the wall clock, before which no worker takes it: ISO 8601 with an offset. Not with a ``delay``.
    public var runAt: String?

    /// How often it may be claimed, 1 to 100.
    public var maxAttempts: Int?
    /// How long it waits between two attempts.
    public var retry: Retry?

    /// How long a claim lasts without a renewal: 5 s to 12 h.
    public var lease: Duration?

    /// How long one attempt may take, however often it is renewed: 1 s to 7 days.
    public var timeout: Duration?

    /// How many leases in a row may run out before it has failed, 1 to 100.
    public var maxStalls: Int?
    /// What becomes of it when a task that it depends on fails or is cancelled.
    public var onDependencyFailure: DependencyFailure?

    /// Of two tasks of a project with one key, the second is not made while the first has not ended.
    public var unique: Unique?

    /// A task of the type, with all else as the server has it.
    public init(_ type: String, payload: (any Encodable & Sendable)? = nil) {
        (self.type, self.payload) = (type, payload)
    }

    /// How long a task waits behind an attempt that failed: `base`·`factor`ⁿ⁻¹, at most `max`, and up or down by a random
    /// part of it, at most `jitter`.
    public struct Retry: Sendable, Hashable {
        /// Behind the first attempt.
        public var base: Duration
        /// What each further attempt multiplies it by.
        public var factor: Double
        /// The longest, before the random part.
        public var max: Duration
        /// The largest random part, of 1.
        public var jitter: Double

        /// 5 s, 15 s, 45 s and so on up to an hour, a fifth more or less, where nothing else is said.
        public init(
            base: Duration = .seconds(5), factor: Double = 3, max: Duration = .seconds(3_600), jitter: Double = 0.2
        ) {
            (self.base, self.factor, self.max, self.jitter) = (base, factor, max, jitter)
        }
    }

    /// What becomes of a task when one that it depends on fails or is cancelled.
    public enum DependencyFailure: Sendable {
        /// It is cancelled, too.
        case cancel
        /// It waits for a retry that completes.
        case hold
        /// It goes on as if that had been completed.
        case ignore
    }

    /// What keeps a task from being made twice.
    public struct Unique: Sendable {
        /// 1 to 256 bytes.
        public var key: String
        /// What a second task with the key is answered with.
        public var onConflict: Conflict

        /// How a second task is answered.
        public enum Conflict: Sendable {
            /// The first one.
            case existing
            /// ``TaskError/Refusal`` with `DUPLICATE_TASK`.
            case reject
        }

        /// The key, under which one task of a project may be unfinished.
        public init(_ key: String, onConflict: Conflict = .existing) {
            (self.key, self.onConflict) = (key, onConflict)
        }
    }
}

// MARK: - As the server reads it

extension NewTask: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.members
        try members.encode(type, forKey: "type")
        // The protocol's own type cannot be encoded: a copy opens it.
        if let payload { try members.encode(payload, forKey: "payload") }
        try members.encodeIfPresent(title, forKey: "title")
        try members.encodeIfPresent(description, forKey: "description")
        try members.encodeIfPresent(priority, forKey: "priority")
        try members.encodeIfPresent(project, forKey: "project")
        if !dependencies.isEmpty { try members.encode(dependencies, forKey: "dependencies") }
        try members.encodeIfPresent(delay.map(Seconds.init), forKey: "delay")
        try members.encodeIfPresent(runAt, forKey: "runAt")
        try members.encodeIfPresent(maxAttempts, forKey: "maxAttempts")
        try members.encodeIfPresent(retry, forKey: "retry")
        try members.encodeIfPresent(lease.map(Seconds.init), forKey: "lease")
        try members.encodeIfPresent(timeout.map(Seconds.init), forKey: "timeout")
        try members.encodeIfPresent(maxStalls, forKey: "maxStalls")
        try members.encodeIfPresent(onDependencyFailure.map { "\($0)" }, forKey: "onDependencyFailure")
        try members.encodeIfPresent(unique, forKey: "unique")
    }
}

extension NewTask.Retry: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.members
        try members.encode(Seconds(base), forKey: "base")
        try members.encode(factor, forKey: "factor")
        try members.encode(Seconds(max), forKey: "max")
        try members.encode(jitter, forKey: "jitter")
    }
}

extension NewTask.Unique: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.members
        try members.encode(key, forKey: "key")
        try members.encode("\(onConflict)", forKey: "onConflict")
    }
}
