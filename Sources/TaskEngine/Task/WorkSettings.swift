/// What a client says of how a task is to be worked on. What is nil has the value of its project, or the standard one.
public struct WorkSettings: Sendable, Hashable {
    /// What kind of work it is: workers claim by it.
    public var type: PlainText?
    /// How many attempts may fail before the task does; those given back do not count.
    public var maxAttempts: Int?
    /// How long the task waits behind each failed attempt.
    public var retry: RetryPolicy?
    /// How long a claim lasts.
    public var lease: Duration?
    /// How long one attempt may take in all. `.some(nil)`: as long as it likes, whatever the project says.
    public var timeout: Duration??
    /// How many leases in a row may run out without a renewal.
    public var maxStalls: Int?
    /// What becomes of the task when one that it needs ends badly; nil is ``DependencyPolicy/cancel``.
    public var onDependencyFailure: DependencyPolicy?
    /// The name that no other open task of its project may have; nil if it has none.
    public var unique: UniqueKey?

    /// Settings that say nothing.
    public init() {}

    /// How many attempts there are where neither task nor project says.
    public static let standardMaxAttempts = 10
    /// How long a claim lasts where neither it, nor the task, nor the project says.
    public static let standardLease = Duration.seconds(30)
    /// How many leases in a row may run out without a renewal where the task does not say.
    public static let standardMaxStalls = 3
}
