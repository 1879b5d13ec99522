import DequeModule
import TaskEngine
import TaskStorage

/// Changes on their way to the log, in the order in which they were decided.
///
/// ```
///  add ─▶ waiting ─▶ under way ─▶ kept:   all are committed, then each is answered and told
///            ▲           ├──────▶ behind: the others' events are applied, then all are decided anew
///            └───────────┘        failed: all are answered so, those that wait with them
/// ```
///
/// One append is under way at a time, and what is decided meanwhile goes into the next: so a slow disk makes appends
/// larger, and not later. A value without a log: what it returns is appended, and what came of that is told to it.
struct ChangeLine<Client> {
    /// A command that was decided, and the client that waits for its answer. It goes from one place to the next, and there
    /// is much in it: so it is an object.
    final class Change {
        let command: TaskCommand
        let decision: Decision
        let client: Client
        /// What its events take in memory.
        let bytes: Int

        init(_ command: TaskCommand, _ decision: Decision, for client: Client) {
            self.command = command
            self.decision = decision
            self.client = client
            bytes = decision.events.reduce(0) { $0 + $1.memory }
        }
    }

    private var waiting = Deque<Change>()
    /// What the log was asked to keep; nil while it was asked for nothing.
    private var underWay: [Change]?
    /// What the events of all changes here take.
    private var bytes = 0

    /// How many changes are here.
    var count: Int { waiting.count + (underWay?.count ?? 0) }

    /// Whether no other change is taken.
    var isFull: Bool { count >= ChangeLimits.changes || bytes >= ChangeLimits.bytes }

    var isUnderWay: Bool { underWay != nil }

    mutating func add(_ change: Change) {
        waiting.append(change)
        bytes += change.bytes
    }

    /// The events of the next append; nil if one is under way, or nothing waits. The events of one decision stay together.
    mutating func next() -> [TaskEvent]? {
        guard underWay == nil, !waiting.isEmpty else { return nil }
        var (changes, events, size) = ([Change](), [TaskEvent](), 0)
        let likely = min(waiting.count, ChangeLimits.eventsAtOnce)
        changes.reserveCapacity(likely)
        events.reserveCapacity(likely)
        while let change = waiting.first {
            let isTooMuch =
                events.count + change.decision.events.count > ChangeLimits.eventsAtOnce
                || size + change.bytes > ChangeLimits.bytesAtOnce
            if isTooMuch, !changes.isEmpty { break }
            waiting.removeFirst()
            changes.append(change)
            events += change.decision.events
            size += change.bytes
        }
        underWay = changes
        return events
    }

    /// The append was kept: takes its changes out, which are to be committed and answered.
    mutating func takeKept() -> [Change] {
        let kept = underWay.take() ?? []
        bytes -= kept.reduce(0) { $0 + $1.bytes }
        return kept
    }

    /// Takes all changes out, those of the append first: they are to be answered as failed, or to be decided anew.
    mutating func takeAll() -> (underWay: [Change], waiting: [Change]) {
        defer {
            underWay = nil
            waiting = []
            bytes = 0
        }
        return (underWay ?? [], Array(waiting))
    }
}

/// How much may be on the way to the log.
enum ChangeLimits {
    /// How many changes; one beyond is refused at once.
    static let changes = 10_000
    /// How many bytes their events may have before no other change is taken.
    static let bytes = 64 << 20
    /// How many events go into one append, unless one decision has more.
    static let eventsAtOnce = 1_000
    /// How many bytes go into one append, unless one decision has more.
    static let bytesAtOnce = 1 << 20
}
