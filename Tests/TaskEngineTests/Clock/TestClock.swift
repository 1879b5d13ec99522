import TaskEngine

/// A clock that an expectation may change.
final class TestClock {
    private var clock = QueueClock()

    var count: Int { clock.count }

    func hear(_ task: TaskRecord, at time: QueueClock.Time, isRead: Bool = false, isOthers: Bool = false) {
        clock.hear(task, at: time, isRead: isRead, isOthers: isOthers)
    }
    func forget(_ id: TaskID) { clock.forget(id) }
    func renew(_ id: TaskID, fence: Int, length: Duration?, at time: QueueClock.Time) -> Bool {
        clock.renew(id, fence: fence, length: length, at: time)
    }
    func lease(of id: TaskID) -> (length: Duration, end: Timestamp)? { clock.lease(of: id) }
    func inherit(from server: Int, at time: QueueClock.Time, limit: Int = 500) -> Bool {
        clock.inherit(from: server, at: time, limit: limit)
    }
    func takeDue(at time: QueueClock.Time, limit: Int) -> [(task: TaskID, command: WorkCommand)] {
        clock.takeDue(at: time, limit: limit)
    }
    /// - Parameter others: The other servers that are alive.
    func due(at time: QueueClock.Time, others: Set<Int> = []) -> [WorkCommand] {
        clock.takeDue(at: time, limit: 500, hasOthers: !others.isEmpty, isAway: others.contains).map(\.command)
    }
    func askAgain(_ command: WorkCommand, for id: TaskID, at time: QueueClock.Time) {
        clock.askAgain(command, for: id, at: time)
    }
    func nextLook(at time: QueueClock.Time) -> Duration? { clock.nextLook(at: time) }
}

extension QueueClock.Time {
    static func test(_ seconds: Double, wall: Int64 = 0) -> Self {
        Self(steady: Int64(seconds * 1e9), wall: Timestamp(milliseconds: wall))
    }
}

extension TaskRecord {
    static let waitingID = TaskID(high: 7 << 12, low: 1)

    /// A pending task, which waits for that.
    static func waiting(_ due: Due?, id: TaskID = waitingID, by: Int = 1) -> TaskRecord {
        var work = WorkState()
        work.due = due
        return of(work, .pending, id, by: by)
    }

    static func leased(
        _ length: Duration, timeout: Duration? = nil, fence: Int = 5, server: Int = 0, id: TaskID = waitingID,
        since: Int64 = 0
    ) -> TaskRecord {
        var work = WorkState()
        work.lease = Lease(
            worker: "w", fence: fence, length: length, timeout: timeout, claimKey: nil,
            since: Timestamp(milliseconds: since), server: server)
        return of(work, .inProgress, id, by: fence)
    }

    private static func of(_ work: WorkState, _ status: TaskStatus, _ id: TaskID, by: Int) -> TaskRecord {
        let zero = Timestamp(milliseconds: 0)
        return TaskRecord(
            id: id, title: "a", status: status, createdAt: zero, updatedAt: zero, revision: by,
            since: Since(at: 0, by: by), work: work)
    }
}
