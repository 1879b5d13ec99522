/// When what the work queue waits for is due: leases, time-outs and delays by a clock that is never set, instants by the
/// one on the wall.
///
/// A task waits for one thing at a time. So each has one alarm, and a renewal only writes a later deadline into it: the
/// heap is put in order when the old one comes up.
///
/// A value that is told the time. It hears of what the log has kept, and says what is to be asked for; the engine decides.
/// It cannot be copied: what only looks at it would count the references of all that it holds.
public struct QueueClock: ~Copyable, Sendable {
    /// Both clocks, at one moment.
    public struct Time: Sendable {
        /// Nanoseconds of a clock that is never set.
        public var steady: Int64
        public var wall: Timestamp

        public init(steady: Int64, wall: Timestamp) {
            self.steady = steady
            self.wall = wall
        }
    }

    /// Small, and without a reference: an alarm is written, moved and looked at with each claim.
    fileprivate enum Alarm: Sendable {
        case lease(LeaseAlarm)
        case delay(Due, deadline: Int64)
        case instant(Timestamp)
        /// What was asked for could not be kept; see `refused`.
        case again(deadline: Int64)
    }

    fileprivate struct LeaseAlarm: Sendable {
        let fence: Int
        let beganAt: Int64
        /// When the attempt has taken all of its time.
        let timeout: Int64
        var length: Duration
        var deadline: Int64
        /// About when that is by the clock on the wall, for people.
        var end: Timestamp
        var hasWarned = false
    }

    private struct Entry: Sendable {
        var alarm: Alarm
        let slot: PriorityQueue<TaskID, Int64>.Slot
    }

    private var entries = IDTable<TaskID, Entry>()
    /// What is to be asked for again.
    private var refused: [TaskID: WorkCommand] = [:]
    /// By nanoseconds, those that come first having the greatest.
    private var steady = PriorityQueue<TaskID, Int64>()
    /// By milliseconds since 1970.
    private var wall = PriorityQueue<TaskID, Int64>()

    /// How many tasks wait for a time.
    public var count: Int { entries.count }

    public init() {}
}

// MARK: - What it hears

extension QueueClock {
    /// Looks at a task that an event has changed, or that is there at the start.
    ///
    /// - Parameter isRead: Whether it was read from the log: then its delay has gone on by the wall clock meanwhile.
    /// - Complexity: O(log *n*).
    public mutating func hear(_ task: TaskRecord, at time: Time, isRead: Bool = false) {
        guard let work = task.work, let alarm = alarm(of: task, work, at: time, isRead) else { return forget(task.id) }
        if let known = entries[task.id] {
            if known.alarm.isSame(as: alarm) || alarm.isAsked(for: refused[task.id]) { return }
            forget(task.id)
        }
        set(alarm, for: task.id)
    }

    /// The task waits for nothing any more.
    public mutating func forget(_ id: TaskID) {
        guard let entry = entries.removeValue(for: id) else { return }
        switch entry.alarm {
        case .lease, .delay: steady.remove(entry.slot)
        case .instant: wall.remove(entry.slot)
        case .again:
            steady.remove(entry.slot)
            refused[id] = nil
        }
    }

    private func alarm(of task: TaskRecord, _ work: WorkState, at time: Time, _ isRead: Bool) -> Alarm? {
        if let lease = work.lease {
            let timeout = lease.timeout.map { Self.sum(time.steady, $0) } ?? .max
            return .lease(
                LeaseAlarm(
                    fence: lease.fence, beganAt: time.steady, timeout: timeout, length: lease.length,
                    deadline: min(Self.sum(time.steady, lease.length), timeout),
                    end: Self.end(
                        of: min(lease.length, lease.timeout ?? lease.length), from: isRead ? time.wall : lease.since)))
        }
        guard task.status == .pending, let due = work.due else { return nil }
        switch due {
        case .instant(let instant): return .instant(instant)
        case .delay(let delay, let since):
            let gone = isRead ? Duration.milliseconds(time.wall.milliseconds - since.milliseconds) : .zero
            let rest = max(.zero, min(delay - gone, delay))
            return .delay(due, deadline: Self.sum(time.steady, rest))
        }
    }

    /// Sets the alarm of a task that has none.
    private mutating func set(_ alarm: Alarm, for id: TaskID) {
        let slot =
            switch alarm {
            case .lease(let lease): steady.insert(id, priority: -lease.deadline)
            case .delay(_, let deadline), .again(let deadline): steady.insert(id, priority: -deadline)
            case .instant(let instant): wall.insert(id, priority: -instant.milliseconds)
            }
        entries.updateValue(Entry(alarm: alarm, slot: slot), for: id)
    }

    fileprivate static func sum(_ time: Int64, _ duration: Duration) -> Int64 {
        time.addingReportingOverflow(duration.nanoseconds).partialValue
    }
}

// MARK: - Leases

extension QueueClock {
    /// Lets a lease begin anew, with another length if one is given; no further than its time-out.
    ///
    /// - Returns: Whether it is worth a warning: it was renewed for a hundred times its length. It is said once.
    /// - Complexity: O(1), and O(log *n*) for a shorter length.
    public mutating func renew(_ id: TaskID, fence: Int, length: Duration?, at time: Time) -> Bool {
        guard let entry = entries[id], case .lease(var lease) = entry.alarm, lease.fence == fence else { return false }
        if let length { lease.length = length }
        lease.deadline = min(Self.sum(time.steady, lease.length), lease.timeout)
        lease.end = Self.end(of: .nanoseconds(lease.deadline - time.steady), from: time.wall)
        let isLong = time.steady - lease.beganAt > 100 * lease.length.nanoseconds && !lease.hasWarned
        if isLong { lease.hasWarned = true }
        entries.change(id) { $0.alarm = .lease(lease) }
        if lease.deadline < -steady.priority(at: entry.slot) { steady.update(entry.slot, priority: -lease.deadline) }
        return isLong
    }

    /// How long the task's lease lasts, and about until when by the clock on the wall; nil if it has none.
    public func lease(of id: TaskID) -> (length: Duration, end: Timestamp)? {
        guard case .lease(let lease)? = entries[id]?.alarm else { return nil }
        return (lease.length, lease.end)
    }

    private static func end(of rest: Duration, from time: Timestamp) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds + rest.nanoseconds / 1_000_000)
    }
}

// MARK: - What is due

extension QueueClock {
    /// Takes out what is due, `limit` of it at most: what is to be asked for.
    ///
    /// It is asked for once: what comes of that is heard, or said to ``askAgain(_:for:at:)``.
    /// - Complexity: O(what is due · log *n*).
    public mutating func takeDue(at time: Time, limit: Int) -> [(task: TaskID, command: WorkCommand)] {
        var due: [(task: TaskID, command: WorkCommand)] = []
        while due.count < limit, let id = steady.first, let entry = entries[id] {
            guard entry.alarm.steadyDeadline <= time.steady else {
                // A renewal has put it off since.
                guard -steady.priority(at: entry.slot) <= time.steady else { break }
                steady.update(entry.slot, priority: -entry.alarm.steadyDeadline)
                continue
            }
            takeOut(id, entry.alarm, to: &due)
        }
        while due.count < limit, let id = wall.first, let entry = entries[id],
            -wall.priority(at: entry.slot) <= time.wall.milliseconds
        {
            takeOut(id, entry.alarm, to: &due)
        }
        return due
    }

    private mutating func takeOut(
        _ id: TaskID, _ alarm: Alarm, to due: inout [(task: TaskID, command: WorkCommand)]
    ) {
        if let command = command(of: alarm, for: id) { due.append((id, command)) }
        forget(id)
    }

    private func command(of alarm: Alarm, for id: TaskID) -> WorkCommand? {
        switch alarm {
        case .lease(let lease) where lease.deadline == lease.timeout: .timeOut(id, fence: lease.fence)
        case .lease(let lease): .expire(id, fence: lease.fence)
        case .delay(let due, _): .wake(id, due: due)
        case .instant(let instant): .wake(id, due: .instant(instant))
        case .again: refused[id]
        }
    }

    /// What was asked for could not be kept: it is asked for again in a second, unless the task has changed by then.
    public mutating func askAgain(_ command: WorkCommand, for id: TaskID, at time: Time) {
        guard entries[id] == nil else { return }
        refused[id] = command
        set(.again(deadline: Self.sum(time.steady, .seconds(1))), for: id)
    }

    /// When something is due next, after how long it is to be looked; nil if nothing waits.
    ///
    /// The clock on the wall can be set, so it is looked at each second.
    public func nextLook(at time: Time) -> Duration? {
        guard count > 0 else { return nil }
        var rest = Self.longestWait
        if let deadline = steady.firstPriority { rest = min(rest, .nanoseconds(-deadline - time.steady)) }
        if let instant = wall.firstPriority {
            rest = min(rest, .seconds(1), .milliseconds(-instant - time.wall.milliseconds))
        }
        return max(.zero, rest)
    }

    private static let longestWait = Duration.seconds(3_600)
}

extension QueueClock.Alarm {
    fileprivate var steadyDeadline: Int64 {
        switch self {
        case .lease(let lease): lease.deadline
        case .delay(_, let deadline), .again(let deadline): deadline
        case .instant: .max
        }
    }

    /// Whether both are for the same wait: one that goes on is not begun anew, whatever else becomes of the task.
    fileprivate func isSame(as other: Self) -> Bool {
        switch (self, other) {
        case (.lease(let left), .lease(let right)): left.fence == right.fence
        case (.delay(let left, _), .delay(let right, _)): left == right
        case (.instant(let left), .instant(let right)): left == right
        default: false
        }
    }

    /// Whether the command asks for its end: then it is over, and not begun anew either.
    fileprivate func isAsked(for command: WorkCommand?) -> Bool {
        switch (self, command) {
        case (.lease(let lease), .expire(_, let fence)), (.lease(let lease), .timeOut(_, let fence)):
            lease.fence == fence
        case (.delay(let due, _), .wake(_, let over)): due == over
        case (.instant(let instant), .wake(_, let over)): over == .instant(instant)
        default: false
        }
    }
}

extension Duration {
    /// Cut to whole ones.
    fileprivate var nanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }
}
