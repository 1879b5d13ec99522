public import TaskEngine
public import UVCore

/// Where events are kept: what makes a change last.
///
/// Calls back on the loop, never inside the call, and in the order of the calls, so that an append of nothing comes
/// back behind all that was appended before it. Once an append has failed, no event of a later one may be kept under
/// the numbers that come next: see `TaskLedger`.
@LoopActor
public protocol EventLog: AnyObject {
    /// Appends `events` in one piece: all of them or none.
    ///
    /// - Parameter done: Called when the events will survive what this log protects from, or with why they will not.
    func append(_ events: [TaskEvent], then done: @escaping (Result<Void, LogError>) -> Void)
}

/// A log that keeps events before it returns, so that no change waits for it.
@LoopActor
public protocol ImmediateLog: EventLog {
    /// Keeps `events` in one piece.
    func keep(_ events: [TaskEvent])
}
