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
        /// The number of the last event that came, whether it is kept or not.
        var last = 0
    }

    private let epoch = LogEpoch.random()

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

    /// Appends `events`, one behind the other.
    public func keep(_ events: [TaskEvent]) {
        for event in events { keep(event) }
    }

    public func keep(_ event: TaskEvent) {
        contents.events.append(event)
        contents.bytes += event.memory
        contents.last = event.sequence
        while contents.events.count > capacity || contents.bytes > byteLimit {
            guard let oldest = contents.events.popFirst() else { return }
            contents.bytes -= oldest.memory
        }
    }
}

// MARK: - As any log

extension MemoryLog {
    public var hasOneWriter: Bool { true }

    /// Memory is always there.
    public var trouble: String? { nil }

    /// Never called.
    public var onTrouble: ((String?) -> Void)? {
        get { nil }
        set {}
    }

    /// Never called: an append returns its outcome.
    public var onOutcome: ((AppendOutcome) -> Void)? {
        get { nil }
        set {}
    }

    private var position: LogPosition {
        LogPosition(epoch: epoch, sequence: contents.last, append: UInt64(contents.last))
    }

    /// Calls `done` at once.
    public func open(_ done: @escaping (Result<Void, LogError>) -> Void) { done(.success(())) }

    /// Calls `done` at once, with a store without tasks.
    public func load(_ done: @escaping (Result<LogStart, LogError>) -> Void) {
        done(.success(LogStart(store: TaskStore(), position: position)))
    }

    public func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome? {
        keep(events)
        return .kept(self.position)
    }

    /// Calls `done` at once.
    ///
    /// - Complexity: O(events that it is called with).
    public func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void) {
        let first = contents.events.first?.sequence ?? contents.last + 1
        guard sequence >= first - 1, sequence <= contents.last else { return done(.success(.gone)) }
        done(.success(.events(Array(contents.events.dropFirst(sequence + 1 - first).prefix(max(limit, 0))))))
    }

    public func close(_ done: @escaping () -> Void) { done() }
}
