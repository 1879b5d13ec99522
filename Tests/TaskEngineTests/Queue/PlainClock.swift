@testable import TaskEngine

/// When leases and waits are over, as the contract says it: a deadline a task, and each look goes through all of them. What
/// another server is to ask for has none, or one a second later.
struct PlainClock {
    typealias Time = QueueClock.Time

    fileprivate struct Wait {
        let due: Due
        var deadline: Int64
        /// Whether that is by the clock on the wall.
        var isOnWall: Bool
        var isOthers: Bool
    }

    fileprivate struct Hold {
        let fence: Int
        let server: Int
        /// Whether that server is another one, and alive.
        var isAway: Bool
        /// When the attempt has taken all its time, whatever is renewed.
        let timeout: Int64
        var length: Duration
        var deadline: Int64
    }

    /// What was due and could not be kept.
    private struct Again {
        let command: WorkCommand
        let deadline: Int64
    }

    private var holds: [TaskID: Hold] = [:]
    private var waits: [TaskID: Wait] = [:]
    private var agains: [TaskID: Again] = [:]

    /// How many tasks wait for a time.
    var count: Int { holds.count + waits.count + agains.count }

    /// - Parameter isRead: Whether a server has begun with it: then a delay has gone on by the wall clock, a lease has not.
    mutating func hear(_ task: TaskRecord, at time: Time, isRead: Bool, isOthers: Bool) {
        let (lease, due) = (task.work?.lease, task.status == .pending ? task.work?.due : nil)
        if agains[task.id]?.command.isFor(lease, due) ?? false, lease == nil || !isOthers { return }
        agains[task.id] = nil
        if lease.map({ holds[task.id]?.isFor($0, isAway: isOthers) ?? false }) != true {
            let known = holds[task.id]
            holds[task.id] = lease.map { lease in
                let timeout = lease.timeout.map { time.steady + Self.nanoseconds($0) } ?? .max
                var hold = Hold(
                    fence: lease.fence, server: lease.server, isAway: isOthers,
                    timeout: known?.fence == lease.fence ? known?.timeout ?? timeout : timeout,
                    length: lease.length, deadline: 0)
                hold.begin(at: time)
                return hold
            }
        }
        if waits[task.id]?.due != due {
            waits[task.id] = due.map { due in
                let isOnWall = if case .instant = due { true } else { false }
                return Wait(
                    due: due, deadline: Self.deadline(of: due, at: time, isRead), isOnWall: isOnWall,
                    isOthers: isOthers)
            }
        }
    }

    /// A server has died.
    mutating func inherit(from server: Int, at time: Time) {
        for (id, hold) in holds where hold.server == server {
            holds[id]?.isAway = false
            holds[id]?.begin(at: time)
            // It may have been taken for dead before, and the lease have been renewed here by then.
            if !hold.isAway, let deadline = holds[id]?.deadline { holds[id]?.deadline = max(deadline, hold.deadline) }
        }
    }

    private static func deadline(of due: Due, at time: Time, _ isRead: Bool) -> Int64 {
        switch due {
        case .instant(let instant): return instant.milliseconds
        case .delay(let delay, let since):
            let gone = isRead ? max(0, time.wall.milliseconds - since.milliseconds) * 1_000_000 : 0
            return time.steady + max(0, nanoseconds(delay) - gone)
        }
    }

    mutating func forget(_ id: TaskID) { (holds[id], waits[id], agains[id]) = (nil, nil, nil) }

    mutating func renew(_ id: TaskID, fence: Int, length: Duration?, at time: Time) {
        guard var hold = holds[id], hold.fence == fence, !hold.isAway else { return }
        hold.length = length ?? hold.length
        hold.begin(at: time)
        holds[id] = hold
    }

    mutating func askAgain(_ command: WorkCommand, for id: TaskID, at time: Time) {
        guard holds[id] == nil, waits[id] == nil, agains[id] == nil else { return }
        agains[id] = Again(command: command, deadline: time.steady + 1_000_000_000)
    }

    /// Takes out all that is due.
    ///
    /// - Parameter other: The other server that is alive; nil if none is.
    mutating func takeDue(at time: Time, other: Int?) -> [TaskID: WorkCommand] {
        var due: [TaskID: WorkCommand] = [:]
        for (id, hold) in holds where !hold.isAway && hold.deadline <= time.steady {
            if hold.server == other {
                holds[id]?.isAway = true
            } else if hold.deadline == hold.timeout {
                due[id] = .timeOut(id, fence: hold.fence)
            } else {
                due[id] = .expire(id, fence: hold.fence, keeper: hold.server)
            }
        }
        for (id, known) in waits {
            var wait = known
            if wait.isOthers, wait.isDue(at: time), other != nil {
                wait = Wait(
                    due: wait.due, deadline: (wait.isOnWall ? time.steady : wait.deadline) + 1_000_000_000,
                    isOnWall: false, isOthers: false)
                waits[id] = wait
            }
            if wait.isDue(at: time) { due[id] = .wake(id, due: wait.due) }
        }
        for (id, again) in agains where again.deadline <= time.steady { due[id] = again.command }
        for id in due.keys { forget(id) }
        return due
    }

    fileprivate static func nanoseconds(_ duration: Duration) -> Int64 { Int64((duration / .nanoseconds(1)).rounded()) }
}

extension PlainClock.Wait {
    fileprivate func isDue(at time: PlainClock.Time) -> Bool {
        deadline <= (isOnWall ? time.wall.milliseconds : time.steady)
    }
}

extension PlainClock.Hold {
    /// Its length begins anew.
    fileprivate mutating func begin(at time: PlainClock.Time) {
        deadline = min(time.steady + PlainClock.nanoseconds(length), timeout)
    }

    /// Whether it goes on as it is.
    fileprivate func isFor(_ lease: Lease, isAway: Bool) -> Bool {
        fence == lease.fence && server == lease.server && self.isAway == isAway && (!isAway || length == lease.length)
    }
}

extension WorkCommand {
    /// Whether it asks for the end of that lease, or of that wait.
    fileprivate func isFor(_ lease: Lease?, _ due: Due?) -> Bool {
        switch self {
        case .expire(_, let fence, let keeper): lease?.fence == fence && lease?.server == keeper
        case .timeOut(_, let fence): lease?.fence == fence
        case .wake(_, let over): due == over
        default: false
        }
    }
}
