extension QueueClock {
    /// What a task waits for. Small, and without a reference: an alarm is written, moved and looked at with each claim.
    enum Alarm: Sendable {
        case lease(LeaseAlarm)
        /// The lease is kept by the clock of another server, which is alive: only that one knows when it was renewed.
        case away(LeaseAlarm)
        /// By the clock that is never set.
        case delay(Due, deadline: Int64, Turn)
        /// By the clock on the wall.
        case instant(Timestamp, Turn)
        /// What was asked for could not be kept; see `refused`.
        case again(deadline: Int64)
    }

    struct LeaseAlarm: Sendable {
        let fence: Int
        let server: Int
        var beganAt: Int64
        /// When the attempt has taken all of its time.
        var timeout: Int64
        var length: Duration
        /// Of one that is away: what it would be without a renewal.
        var deadline: Int64
        /// About when that is by the clock on the wall, for people.
        var end: Timestamp
        var hasWarned = false
    }

    /// Whose turn it is to ask for the end of a wait.
    enum Turn: Sendable {
        case own
        /// The server's that has told of it; this one's a second later, while there are others.
        case others
    }
}

extension QueueClock.LeaseAlarm {
    /// - Parameter wall: What the time is that it begins at, by the clock on the wall.
    init(_ lease: Lease, at steady: Int64, wall: Timestamp) {
        (fence, server, length) = (lease.fence, lease.server, lease.length)
        beganAt = steady
        timeout = lease.timeout.map { QueueClock.sum(steady, $0) } ?? .max
        (deadline, end) = (0, wall)
        begin(at: steady, wall: wall)
    }

    /// Begins the length anew, which goes no further than the time-out.
    mutating func begin(at steady: Int64, wall: Timestamp) {
        deadline = min(QueueClock.sum(steady, length), timeout)
        end = Timestamp(milliseconds: wall.milliseconds + (deadline - steady) / 1_000_000)
    }
}

extension QueueClock.Alarm {
    var steadyDeadline: Int64 {
        switch self {
        case .lease(let lease): lease.deadline
        case .delay(_, let deadline, _), .again(let deadline): deadline
        case .away, .instant: .max
        }
    }

    /// The lease that it is for.
    var lease: QueueClock.LeaseAlarm? {
        switch self {
        case .lease(let lease), .away(let lease): lease
        case .delay, .instant, .again: nil
        }
    }

    /// The wait that it is for.
    private var wait: Due? {
        switch self {
        case .delay(let due, _, _): due
        case .instant(let instant, _): .instant(instant)
        case .lease, .away, .again: nil
        }
    }

    /// Whether both are for the same wait: one that goes on is not begun anew, whatever else becomes of the task.
    func isSame(as other: Self) -> Bool {
        switch (self, other) {
        case (.lease(let left), .lease(let right)): left.fence == right.fence && left.server == right.server
        case (.away(let left), .away(let right)):
            left.fence == right.fence && left.server == right.server && left.length == right.length
        case (.delay, _), (.instant, _): wait == other.wait
        default: false
        }
    }

    /// Whether the command asks for its end: then it is over, and not begun anew either.
    func isAsked(for command: WorkCommand?) -> Bool {
        switch (self, command) {
        case (.lease(let lease), .expire(_, let fence, let keeper)): lease.fence == fence && lease.server == keeper
        case (.lease(let lease), .timeOut(_, let fence)): lease.fence == fence
        case (_, .wake(_, let over)): wait == over
        default: false
        }
    }

    /// Takes over what `known`, the task's alarm until now, knows of the same attempt; the length begins anew.
    mutating func goOn(_ known: Self, at time: QueueClock.Time) {
        guard let former = known.lease, var lease, former.fence == lease.fence else { return }
        (lease.beganAt, lease.timeout, lease.hasWarned) = (former.beganAt, former.timeout, former.hasWarned)
        lease.begin(at: time.steady, wall: time.wall)
        switch self {
        case .lease: self = .lease(lease)
        case .away: self = .away(lease)
        case .delay, .instant, .again: break
        }
    }
}
