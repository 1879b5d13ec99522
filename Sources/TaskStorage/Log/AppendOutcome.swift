public import TaskEngine

/// What has come of an append.
public enum AppendOutcome: Sendable {
    /// The events will survive what the log protects from. The next append goes behind this position.
    case kept(LogPosition)
    /// Nothing was kept, because another server wrote first: its events, in order, and the position behind them.
    case behind([TaskEvent], LogPosition)
    /// The log could not do it. The next append goes behind the same position as this one.
    case failed(LogError)
}
