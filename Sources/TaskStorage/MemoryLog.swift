import DequeModule
public import TaskEngine
public import UVCore

/// The log of a server that forgets everything when it ends.
@LoopActor
public final class MemoryLog: EventLog {
    /// How many events are kept; of more, the oldest are dropped.
    public let capacity: Int

    private var kept = Deque<TaskEvent>()
    private let loop = EventLoop.current

    /// - Precondition: `capacity` is at least 1.
    public init(capacity: Int = 10_000) {
        precondition(capacity > 0, "a log keeps at least one event, not \(capacity)")
        self.capacity = capacity
    }

    /// How many events are kept now. O(1).
    public var count: Int { kept.count }

    /// The events kept, oldest first. O(*n*).
    public var events: [TaskEvent] { Array(kept) }

    /// Appends `events`; `done` is called in a microtask, always with success.
    ///
    /// - Complexity: O(number of `events`).
    public func append(_ events: [TaskEvent], then done: @escaping (Result<Void, LogError>) -> Void) {
        kept.append(contentsOf: events)
        if kept.count > capacity { kept.removeFirst(kept.count - capacity) }
        loop.queueMicrotask { done(.success(())) }
    }
}
