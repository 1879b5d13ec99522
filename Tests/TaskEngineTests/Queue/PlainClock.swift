@testable import TaskEngine

/// When leases and waits are over, as the contract says it: a deadline a task, and each look goes through all of them.
struct PlainClock {
    typealias Time = QueueClock.Time

    private struct Wait {
        let due: Due
        let deadline: Int64
    }

    private struct Hold {
        let fence: Int
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
    mutating func hear(_ task: TaskRecord, at time: Time, isRead: Bool = false) {
        let (lease, due) = (task.work?.lease, task.status == .pending ? task.work?.due : nil)
        if agains[task.id]?.command.isFor(lease, due) ?? false { return }
        agains[task.id] = nil
        if holds[task.id]?.fence != lease?.fence {
            holds[task.id] = lease.map { lease in
                let timeout = lease.timeout.map { time.steady + Self.nanoseconds($0) } ?? .max
                let end = min(time.steady + Self.nanoseconds(lease.length), timeout)
                return Hold(fence: lease.fence, timeout: timeout, length: lease.length, deadline: end)
            }
        }
        if waits[task.id]?.due != due {
            waits[task.id] = due.map { Wait(due: $0, deadline: Self.deadline(of: $0, at: time, isRead)) }
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
        guard var hold = holds[id], hold.fence == fence else { return }
        hold.length = length ?? hold.length
        hold.deadline = min(time.steady + Self.nanoseconds(hold.length), hold.timeout)
        holds[id] = hold
    }

    mutating func askAgain(_ command: WorkCommand, for id: TaskID, at time: Time) {
        guard holds[id] == nil, waits[id] == nil, agains[id] == nil else { return }
        agains[id] = Again(command: command, deadline: time.steady + 1_000_000_000)
    }

    /// Takes out all that is due.
    mutating func takeDue(at time: Time) -> [TaskID: WorkCommand] {
        var due: [TaskID: WorkCommand] = [:]
        for (id, hold) in holds where hold.deadline <= time.steady {
            due[id] =
                hold.deadline == hold.timeout ? .timeOut(id, fence: hold.fence) : .expire(id, fence: hold.fence)
        }
        for (id, wait) in waits {
            let now = if case .instant = wait.due { time.wall.milliseconds } else { time.steady }
            if wait.deadline <= now { due[id] = .wake(id, due: wait.due) }
        }
        for (id, again) in agains where again.deadline <= time.steady { due[id] = again.command }
        for id in due.keys { forget(id) }
        return due
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 { Int64((duration / .nanoseconds(1)).rounded()) }
}

extension WorkCommand {
    /// Whether it asks for the end of that lease, or of that wait.
    fileprivate func isFor(_ lease: Lease?, _ due: Due?) -> Bool {
        switch self {
        case .expire(_, let fence), .timeOut(_, let fence): lease?.fence == fence
        case .wake(_, let over): due == over
        default: false
        }
    }
}
