public import TaskEngine

/// What a server's work queue takes, and how long it keeps what has ended.
public struct QueueLimits: Sendable {
    /// How many tasks that have not ended.
    public var tasks = 1_000_000
    /// How many bytes of payloads and results.
    public var bytes = 1 << 30
    /// How much waiting a point of priority is worth; zero for none.
    public var aging = Duration.seconds(60)
    /// How long tasks stay that the queue has ended, and how many.
    public var retention = Retention(completed: .seconds(7 * 86_400), failed: .seconds(30 * 86_400), count: 100_000)

    public init() {}
}
