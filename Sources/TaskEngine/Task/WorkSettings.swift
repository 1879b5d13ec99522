/// What a client says of how a task is to be worked on. What is nil has the value of its project, or the standard one.
public struct WorkSettings: Sendable, Hashable {
    /// What kind of work it is: workers claim by it.
    public var type: PlainText?
    public var maxAttempts: Int?
    public var retry: RetryPolicy?
    /// How long a claim lasts.
    public var lease: Duration?
    /// How long one attempt may take in all. `.some(nil)`: as long as it likes, whatever the project says.
    public var timeout: Duration??
    /// How many leases in a row may run out without a renewal.
    public var maxStalls: Int?
    public var onDependencyFailure: DependencyPolicy?
    public var unique: UniqueKey?

    public init() {}

    public static let standardMaxAttempts = 10
    public static let standardLease = Duration.seconds(30)
    public static let standardMaxStalls = 3
}
