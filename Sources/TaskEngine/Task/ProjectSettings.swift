/// How the tasks of a project are worked on.
public struct ProjectSettings: Sendable, Hashable {
    /// None of its tasks is claimed.
    public var isPaused = false
    /// How many of its tasks are leased at a time; nil for any number.
    public var maxRunning: Int?
    /// How long a claim lasts where neither it nor the task says; nil for ``WorkSettings/standardLease``.
    public var lease: Duration?
    /// How many attempts a task has that names no number; nil for ``WorkSettings/standardMaxAttempts``.
    public var maxAttempts: Int?
    /// The waits behind the failures of a task that has no policy; nil for ``RetryPolicy/standard``.
    public var retry: RetryPolicy?
    /// How long an attempt of a task that says nothing may take in all; nil for as long as it likes.
    public var timeout: Duration?

    /// What holds for a project without settings: nothing is paused or limited.
    public init() {}
}
