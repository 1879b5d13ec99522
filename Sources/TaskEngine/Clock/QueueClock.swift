/// When what the work queue waits for is due: leases, time-outs and delays by a clock that is never set, instants by the
/// one on the wall.
///
/// A task waits for one thing at a time. So each has one alarm, and a renewal only writes a later deadline into it: the
/// heap is put in order when the old one comes up.
///
/// Where several servers write to the log, each lease is kept by one of them. Here those of the others have no deadline,
/// since their renewals are not heard of; they get one when their server has died:
///
/// ```
///              hear             inherit, or heard of when it is dead
///   lease ───────────▶ away ───────────────────────────────────────▶ steady ───▶ due
///                        ▲                                             │
///                        └─────── its server is alive after all ───────┘
/// ```
///
/// A value that is told the time. It hears of what the log has kept, and says what is to be asked for; the engine decides.
/// It cannot be copied: what only looks at it would count the references of all that it holds.
public struct QueueClock: ~Copyable, Sendable {
    /// Both clocks, at one moment.
    public struct Time: Sendable {
        /// Nanoseconds of a clock that is never set.
        public var steady: Int64
        /// What people's clocks show. It may be set forwards and backwards.
        public var wall: Timestamp

        /// `steady` is in nanoseconds from any beginning, the same for all times of one clock.
        public init(steady: Int64, wall: Timestamp) {
            self.steady = steady
            self.wall = wall
        }
    }

    struct Entry: Sendable {
        var alarm: Alarm
        let slot: PriorityQueue<TaskID, Int64>.Slot
    }

    var entries = IDTable<TaskID, Entry>()
    /// What is to be asked for again.
    var refused: [TaskID: WorkCommand] = [:]
    /// By their deadlines in nanoseconds, negated: a queue gives the greatest priority first, and the earliest comes first here.
    var steady = PriorityQueue<TaskID, Int64>()
    /// By their instants in milliseconds since 1970, negated.
    var wall = PriorityQueue<TaskID, Int64>()
    /// By the servers that keep them, in no order: all have the same priority.
    var away: [Int: PriorityQueue<TaskID, Int64>] = [:]
    /// When each server has died that did, the last time: one may have been taken for dead before, and have renewed since.
    var deaths: [Int: Int64] = [:]

    /// How many tasks wait for a time.
    public var count: Int { entries.count }

    /// A clock that waits for nothing yet.
    public init() {}
}

// MARK: - What it hears

extension QueueClock {
    /// Looks at a task that an event has changed, or that is there at the start.
    ///
    /// `isRead` says that it was read from the log: then its delay has gone on by the wall clock meanwhile. `isOthers`
    /// says that another server is to ask for the end of what it waits for: one that is alive and keeps its lease, or
    /// that has told of its delay.
    ///
    /// - Complexity: O(log *n*).
    public mutating func hear(_ task: TaskRecord, at time: Time, isRead: Bool = false, isOthers: Bool = false) {
        guard let work = task.work, var alarm = alarm(of: task, work, at: time, isRead, isOthers) else {
            return forget(task.id)
        }
        if let known = entries[task.id] {
            if known.alarm.isSame(as: alarm) || alarm.isAsked(for: refused[task.id]) { return }
            alarm.goOn(known.alarm, at: time)
            forget(task.id)
        }
        set(alarm, for: task.id)
    }

    /// Fetches what is known of tasks that are about to be heard of: some together cost less than one after the other.
    public func touch(_ tasks: [TaskRecord]) { entries.touch(tasks.map(\.id)) }

    /// The task waits for nothing any more.
    public mutating func forget(_ id: TaskID) {
        guard let entry = entries.removeValue(for: id) else { return }
        switch entry.alarm {
        case .lease, .delay: steady.remove(entry.slot)
        case .away(let lease): away[lease.server]?.remove(entry.slot)
        case .instant: wall.remove(entry.slot)
        case .again:
            steady.remove(entry.slot)
            refused[id] = nil
        }
    }

    private func alarm(
        of task: TaskRecord, _ work: WorkState, at time: Time, _ isRead: Bool, _ isOthers: Bool
    ) -> Alarm? {
        if let lease = work.lease {
            let alarm = LeaseAlarm(lease, at: time.steady, wall: isRead ? time.wall : lease.since)
            return isOthers ? .away(alarm) : .lease(alarm)
        }
        guard task.status == .pending, let due = work.due else { return nil }
        switch due {
        case .instant(let instant): return .instant(instant, isOthers ? .others : .own)
        case .delay(let delay, let since):
            let gone = isRead ? Duration.milliseconds(time.wall.milliseconds - since.milliseconds) : .zero
            let rest = max(.zero, min(delay - gone, delay))
            return .delay(due, deadline: Self.sum(time.steady, rest), isOthers ? .others : .own)
        }
    }

    /// Sets the alarm of a task that has none.
    mutating func set(_ alarm: Alarm, for id: TaskID) {
        let slot =
            switch alarm {
            case .lease(let lease): steady.insert(id, priority: -lease.deadline)
            case .away(let lease): away[lease.server, default: PriorityQueue()].insert(id, priority: 0)
            case .delay(_, let deadline, _), .again(let deadline): steady.insert(id, priority: -deadline)
            case .instant(let instant, _): wall.insert(id, priority: -instant.milliseconds)
            }
        entries.updateValue(Entry(alarm: alarm, slot: slot), for: id)
    }

    /// Held within `Int64`: what is too late to be told comes last.
    static func sum(_ time: Int64, _ duration: Duration) -> Int64 {
        let (sum, isTooLarge) = time.addingReportingOverflow(duration.nanoseconds)
        return isTooLarge ? .max : sum
    }
}

// MARK: - Leases

extension QueueClock {
    /// Lets a lease begin anew, with another length if one is given; no further than its time-out. Not one that is kept by
    /// another server's clock: its renewal is an event.
    ///
    /// - Returns: Whether it is worth a warning: it was renewed for a hundred times its length. It is said once.
    /// - Complexity: O(1), and O(log *n*) for a shorter length.
    public mutating func renew(_ id: TaskID, fence: Int, length: Duration?, at time: Time) -> Bool {
        guard let entry = entries[id], case .lease(var lease) = entry.alarm, lease.fence == fence else { return false }
        if let length { lease.length = length }
        lease.begin(at: time.steady, wall: time.wall)
        let isLong = time.steady - lease.beganAt > 100 * lease.length.nanoseconds && !lease.hasWarned
        if isLong { lease.hasWarned = true }
        entries.change(id) { $0.alarm = .lease(lease) }
        if lease.deadline < -steady.priority(at: entry.slot) { steady.update(entry.slot, priority: -lease.deadline) }
        return isLong
    }

    /// How long the task's lease lasts, and about until when by the clock on the wall; nil if it has none.
    public func lease(of id: TaskID) -> (length: Duration, end: Timestamp)? {
        guard let lease = entries[id]?.alarm.lease else { return nil }
        return (lease.length, lease.end)
    }

    /// A server has died: the leases that it has kept have their full length from now on, `limit` of them at most.
    ///
    /// - Returns: Whether there are more.
    /// - Complexity: O(log *n*) for each.
    public mutating func inherit(from server: Int, at time: Time, limit: Int) -> Bool {
        // No lease is longer than a day: what died before that has none.
        deaths = deaths.filter { time.steady - $0.value < Duration.seconds(86_400).nanoseconds }
        deaths[server] = time.steady
        for _ in 0..<limit {
            guard let id = away[server]?.first, case .away(var lease)? = entries[id]?.alarm else { break }
            forget(id)
            lease.begin(at: time.steady, wall: time.wall)
            set(.lease(lease), for: id)
        }
        let hasMore = away[server].map { !$0.isEmpty } ?? false
        if !hasMore { away[server] = nil }
        return hasMore
    }
}

extension Duration {
    /// Cut to whole ones.
    var nanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }
}
