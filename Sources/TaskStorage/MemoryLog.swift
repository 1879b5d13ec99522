import DequeModule
public import TaskEngine
public import UVCore

/// The log of a server that forgets everything when it ends.
@LoopActor
public final class MemoryLog: ImmediateLog {
    /// How many events are kept; of more, the oldest are dropped.
    public let capacity: Int

    /// How many bytes the events that are kept have, by ``TaskEvent/memory``; of more, the oldest are dropped. An event
    /// that has more alone is not kept.
    public let byteLimit: Int

    /// How many bytes the events that are kept have now. O(1).
    public var bytes: Int { contents.bytes }

    /// Unchecked for exclusive access: nothing is called while it changes.
    @exclusivity(unchecked) private var contents = Contents()

    private struct Contents {
        var events = Deque<TaskEvent>()
        var bytes = 0
    }

    private let loop = EventLoop.current

    /// - Precondition: `capacity` and `byteLimit` are at least 1.
    public init(capacity: Int = 10_000, byteLimit: Int = 64 << 20) {
        precondition(capacity > 0, "a log keeps at least one event, not \(capacity)")
        precondition(byteLimit > 0, "a log keeps at least one byte, not \(byteLimit)")
        self.capacity = capacity
        self.byteLimit = byteLimit
    }

    /// How many events are kept now. O(1).
    public var count: Int { contents.events.count }

    /// The events kept, oldest first. O(*n*).
    public var events: [TaskEvent] { Array(contents.events) }

    /// Appends `events`; `done` is called in a microtask, always with success.
    ///
    /// - Complexity: O(number of `events`).
    public func append(_ events: [TaskEvent], then done: @escaping (Result<Void, LogError>) -> Void) {
        keep(events)
        loop.queueMicrotask { done(.success(())) }
    }

    /// Appends `events`.
    ///
    /// - Complexity: O(number of `events`).
    public func keep(_ events: [TaskEvent]) {
        for event in events { keep(event) }
    }

    private func keep(_ event: TaskEvent) {
        contents.events.append(event)
        contents.bytes += event.memory
        while contents.events.count > capacity || contents.bytes > byteLimit {
            guard let oldest = contents.events.popFirst() else { return }
            contents.bytes -= oldest.memory
        }
    }
}
