// What is due, and when something is.
extension QueueClock {
    /// How much later than the server that has told of something another asks for what follows from it: that has come by
    /// then, unless the first cannot have it kept.
    public static let lag = Duration.seconds(1)

    /// Takes out what is due, `limit` of it at most: what is to be asked for.
    ///
    /// It is asked for once: what comes of that is heard, or said to ``askAgain(_:for:at:)``. `hasOthers` says whether
    /// another server is alive, and `isAway` whether the server of a number is another one and alive.
    ///
    /// - Complexity: O(what is due · log *n*).
    public mutating func takeDue(
        at time: Time, limit: Int, hasOthers: Bool = false, isAway: (_ server: Int) -> Bool = { _ in false }
    ) -> [(task: TaskID, command: WorkCommand)] {
        var due: [(task: TaskID, command: WorkCommand)] = []
        // How many were looked at: some are left to other servers.
        var count = 0
        while count < limit, let id = steady.first, let entry = entries[id] {
            guard entry.alarm.steadyDeadline <= time.steady else {
                // A renewal has put it off since.
                guard -steady.priority(at: entry.slot) <= time.steady else { break }
                steady.update(entry.slot, priority: -entry.alarm.steadyDeadline)
                continue
            }
            count += 1
            let seen = look(at: entry.alarm, time, hasOthers, isAway)
            if let command = takeOut(id, seen) { due.append((id, command)) }
        }
        while count < limit, let id = wall.first, let entry = entries[id],
            -wall.priority(at: entry.slot) <= time.wall.milliseconds
        {
            count += 1
            let seen = look(at: entry.alarm, time, hasOthers, isAway)
            if let command = takeOut(id, seen) { due.append((id, command)) }
        }
        return due
    }

    /// What an alarm whose time has come is by what is known of servers now, and whether it is due here all the same.
    private func look(
        at alarm: Alarm, _ time: Time, _ hasOthers: Bool, _ isAway: (Int) -> Bool
    ) -> (alarm: Alarm, isDue: Bool) {
        switch alarm {
        case .lease(let lease) where isAway(lease.server): return (.away(lease), false)  // It is not dead after all.
        case .lease(let lease) where !deaths.isEmpty:
            let inherited = inherited(lease, at: time)
            return (.lease(inherited), inherited.deadline <= time.steady)
        case .delay(let due, let deadline, .others) where hasOthers:
            return (.delay(due, deadline: Self.sum(deadline, Self.lag), .own), false)
        case .instant(let instant, .others) where hasOthers:
            return (.delay(.instant(instant), deadline: Self.sum(time.steady, Self.lag), .own), false)
        default: return (alarm, true)
        }
    }

    /// The lease with its full length behind the death of its server, if that ends later.
    private func inherited(_ lease: LeaseAlarm, at time: Time) -> LeaseAlarm {
        guard let death = deaths[lease.server] else { return lease }
        var later = lease
        let gone = (time.steady - death) / 1_000_000
        later.begin(at: death, wall: Timestamp(milliseconds: time.wall.milliseconds - gone))
        return later.deadline > lease.deadline ? later : lease
    }

    /// Ends the alarm of a task, or puts it off; returns what is to be asked for.
    private mutating func takeOut(_ id: TaskID, _ seen: (alarm: Alarm, isDue: Bool)) -> WorkCommand? {
        let command = seen.isDue ? command(of: seen.alarm, for: id) : nil
        forget(id)
        if !seen.isDue { set(seen.alarm, for: id) }
        return command
    }

    private func command(of alarm: Alarm, for id: TaskID) -> WorkCommand? {
        switch alarm {
        case .lease(let lease) where lease.deadline == lease.timeout: .timeOut(id, fence: lease.fence)
        case .lease(let lease): .expire(id, fence: lease.fence, keeper: lease.server)
        case .delay(let due, _, _): .wake(id, due: due)
        case .instant(let instant, _): .wake(id, due: .instant(instant))
        case .again: refused[id]
        case .away: nil
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
