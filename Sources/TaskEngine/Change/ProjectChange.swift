/// The settings of a project that a client names, and no others: what else was set meanwhile stays. What is nil is not named;
/// `.some(nil)` is the standard.
public struct ProjectChange: Sendable, Hashable {
    /// See ``ProjectSettings/isPaused``.
    public var isPaused: Bool?
    /// See ``ProjectSettings/maxRunning``.
    public var maxRunning: Int??
    /// See ``ProjectSettings/lease``.
    public var lease: Duration??
    /// See ``ProjectSettings/maxAttempts``.
    public var maxAttempts: Int??
    /// See ``ProjectSettings/retry``.
    public var retry: RetryPolicy??
    /// See ``ProjectSettings/timeout``.
    public var timeout: Duration??

    /// A change of nothing.
    public init() {}

    /// A change of all, to these.
    public init(to settings: ProjectSettings) {
        isPaused = settings.isPaused
        maxRunning = settings.maxRunning
        lease = settings.lease
        maxAttempts = settings.maxAttempts
        retry = settings.retry
        timeout = settings.timeout
    }
}

extension ProjectSettings {
    /// The settings as the change leaves them.
    func changed(by change: ProjectChange) -> ProjectSettings {
        var settings = self
        if let isPaused = change.isPaused { settings.isPaused = isPaused }
        if let maxRunning = change.maxRunning { settings.maxRunning = maxRunning }
        if let lease = change.lease { settings.lease = lease }
        if let maxAttempts = change.maxAttempts { settings.maxAttempts = maxAttempts }
        if let retry = change.retry { settings.retry = retry }
        if let timeout = change.timeout { settings.timeout = timeout }
        return settings
    }
}
