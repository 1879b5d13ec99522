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
    /// A command that was decided, and the client that waits for its answer.
    struct Change {
        let command: TaskCommand
        let outcome: Decision.Outcome
        let client: Client
        /// How many events it has.
        let eventCount: Int
        /// What those take in memory.
        let bytes: Int
    }

    /// What the log was asked to keep: the first changes of the line.
    private struct Append {
        let count: Int
        let events: [TaskEvent]
        let bytes: Int
    }

    /// All changes that are here. Each stays in its place until it is taken out, since there is much in it.
    private var changes = Deque<Change>()
    /// Nil while the log was asked for nothing.
    private var underWay: Append?
    /// The events of the changes that wait.
    private var events: [TaskEvent] = []
    /// What those take in memory.
    private var bytes = 0

    /// How many changes are here.
    var count: Int { changes.count }

    /// Whether no other change is taken.
    var isFull: Bool { count >= ChangeLimits.changes || bytes + (underWay?.bytes ?? 0) >= ChangeLimits.bytes }

    var isUnderWay: Bool { underWay != nil }

    mutating func add(_ command: TaskCommand, _ decision: Decision, for client: Client) {
        let size = decision.events.reduce(0) { $0 + $1.memory }
        changes.append(
            Change(
                command: command, outcome: decision.outcome, client: client, eventCount: decision.events.count,
                bytes: size))
        events += decision.events
        bytes += size
    }

    /// The events of the next append; nil if one is under way, or nothing waits. The events of one decision stay together.
    mutating func next() -> [TaskEvent]? {
        guard underWay == nil, !changes.isEmpty else { return nil }
        let append = events.count <= ChangeLimits.eventsAtOnce && bytes <= ChangeLimits.bytesAtOnce ? all() : portion()
        bytes -= append.bytes
        underWay = append
        return append.events
    }

    private mutating func all() -> Append {
        defer { events = [] }
        return Append(count: count, events: events, bytes: bytes)
    }

    /// As many changes as one append takes, and one at least.
    private mutating func portion() -> Append {
        var (count, eventCount, size) = (0, 0, 0)
        for change in changes {
            let isTooMuch =
                eventCount + change.eventCount > ChangeLimits.eventsAtOnce
                || size + change.bytes > ChangeLimits.bytesAtOnce
            if isTooMuch, count > 0 { break }
            count += 1
            eventCount += change.eventCount
            size += change.bytes
        }
        defer { events.removeFirst(eventCount) }
        return Append(count: count, events: Array(events.prefix(eventCount)), bytes: size)
    }

    /// The append was kept: takes its changes out, which are to be answered, and their events, which are to be committed.
    mutating func takeKept() -> (changes: [Change], events: [TaskEvent]) {
        guard let append = underWay.take() else { return ([], []) }
        return (take(append.count), append.events)
    }

    /// Takes all changes out, those of the append first: they are to be answered as failed, or to be decided anew.
    mutating func takeAll() -> (underWay: [Change], waiting: [Change]) {
        defer { (events, bytes) = ([], 0) }
        let underWay = take(underWay.take()?.count ?? 0)
        return (underWay, take(changes.count))
    }

    private mutating func take(_ count: Int) -> [Change] {
        var first: [Change] = []
        first.reserveCapacity(count)
        for _ in 0..<count { first.append(changes.removeFirst()) }
        return first
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
