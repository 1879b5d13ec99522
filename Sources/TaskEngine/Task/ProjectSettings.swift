/// How the tasks of a project are worked on.
public struct ProjectSettings: Sendable, Hashable {
    /// None of its tasks is claimed.
    public var isPaused = false
    /// How many of its tasks are leased at a time; nil for any number.
    public var maxRunning: Int?
    public var lease: Duration?
    public var maxAttempts: Int?
    public var retry: RetryPolicy?
    public var timeout: Duration?

    public init() {}
}
