import TaskEngine
import UVCore

/// Which events a log keeps for readers that were away; tasks stay for ever. An event goes when either limit says so.
public struct HistoryLimits: Hashable, Sendable {
    /// How many events are kept; of more, the oldest go.
    public var count: Int

    /// How old an event may become.
    public var age: Duration

    public init(count: Int = 100_000, age: Duration = .seconds(86_400)) {
        self.count = count
        self.age = age
    }

    /// The time from which on an event is not too old.
    func oldestTime(_ now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds - age.wholeMilliseconds)
    }
}
