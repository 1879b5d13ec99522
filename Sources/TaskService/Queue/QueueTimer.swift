import TaskEngine
import UVCore

/// Asks for what is due: the one timer of the work queue.
///
/// What is due is judged after a poll, as a ``Deadline`` is: a renewal that waits in a socket while the loop is late comes
/// first. Of much that is due at once a turn of the loop takes ``QueueTimer/perTurn``.
@LoopActor
final class QueueTimer {
    /// How many commands a turn of the loop takes.
    nonisolated static let perTurn = 500

    /// Asks for what is due; `done` says whether that was kept.
    var onDue: ((TaskID, WorkCommand, _ done: @escaping (Bool) -> Void) -> Void)?

    @exclusivity(unchecked) private var clock = QueueClock()
    private let loop = EventLoop.current
    private let servers: Servers
    private let wall: () -> Timestamp
    private var deadline: Deadline?
    /// The time of ``deadline``, in nanoseconds of the loop's clock.
    private var deadlineAt = Int64.max

    /// - Parameter wall: The time of day.
    init(_ servers: Servers, wall: @escaping () -> Timestamp = { .now }) {
        self.servers = servers
        self.wall = wall
    }

    private var time: QueueClock.Time { QueueClock.Time(steady: loop.preciseTime, wall: wall()) }

    /// Looks at a task that has changed. See ``QueueClock/hear(_:at:isRead:isOthers:)``.
    func hear(_ task: TaskRecord, from origin: EventOrigin) {
        let time = time
        hear(task, from: origin, isRead: false, at: time)
        arm(at: time)
    }

    /// Looks at tasks that were read from the log.
    func hear(read tasks: [TaskRecord]) {
        clock.touch(tasks)
        let time = time
        for task in tasks { hear(task, from: .other, isRead: true, at: time) }
    }

    private func hear(_ task: TaskRecord, from origin: EventOrigin, isRead: Bool, at time: QueueClock.Time) {
        let isOthers = servers.areSeveral && (task.work?.keeper.map(servers.isAway) ?? (origin == .other))
        clock.hear(task, at: time, isRead: isRead, isOthers: isOthers)
    }

    /// There are other tasks.
    func forgetAll() { clock = QueueClock() }

    /// The task is gone.
    func forget(_ id: TaskID) { clock.forget(id) }

    /// See ``QueueClock/renew(_:fence:length:at:)``.
    func renew(_ id: TaskID, fence: Int, length: Duration?) -> Bool {
        let time = time
        defer { arm(at: time) }
        return clock.renew(id, fence: fence, length: length, at: time)
    }

    /// A server has died: its leases run out in their full length from now on, and are asked for here, too.
    func inherit(from server: Int) {
        let time = time
        guard !servers.isAway(server) else { return }
        if clock.inherit(from: server, at: time, limit: Self.perTurn) {
            loop.setImmediate { [self] in inherit(from: server) }.unref()
        }
        arm(at: time)
    }

    /// How long the task's lease lasts, and until when by the clock on the wall; nil if it has none.
    func lease(of id: TaskID) -> (length: Duration, end: Timestamp)? { clock.lease(of: id) }

    /// Sets the timer for what is due next, if that is earlier than what it is set for.
    func arm() { arm(at: time) }

    private func arm(at time: QueueClock.Time) {
        guard let rest = clock.nextLook(at: time) else { return }
        let at = time.steady + rest.wholeNanoseconds
        guard at < deadlineAt else { return }
        deadline?.cancel()
        deadlineAt = at
        // A millisecond is cut off a delay, and what comes a moment early is looked at twice.
        deadline = Deadline(after: rest + .microseconds(999), on: loop, keepsLoopAlive: false) { [self] in look() }
    }

    private func look() {
        (deadline, deadlineAt) = (nil, .max)
        let due = clock.takeDue(
            at: time, limit: Self.perTurn, hasOthers: servers.hasOthers, isAway: servers.isAway)
        for (id, command) in due {
            onDue?(id, command) { [self] isKept in
                guard !isKept else { return }
                clock.askAgain(command, for: id, at: time)
                arm()
            }
        }
        // More of it goes on in the next turn.
        if due.count == Self.perTurn { loop.setImmediate { [self] in look() }.unref() } else { arm() }
    }
}
