import Logging
import TaskEngine
import TaskStorage
import UVCore
import UVHTTP

/// The work queue around the board: its clock, the claims that wait, what is done by itself, and how its tasks are shown.
@LoopActor
final class WorkQueue {
    let board: TaskBoard
    let claims: Claims<ServerResponse>
    private let timer: QueueTimer
    private let chores: QueueChores
    private let limits: QueueLimits
    private let log: Logger
    @exclusivity(unchecked) private var progress: [TaskID: WorkProgress] = [:]
    private var requestIDs = RequestID.Source()

    init(_ board: TaskBoard, _ limits: QueueLimits, _ log: Logger) {
        self.board = board
        self.limits = limits
        self.log = log
        claims = Claims(board)
        timer = QueueTimer(board.servers)
        chores = QueueChores(board, limits)
        timer.onDue = { [unowned self] id, command, done in ask(for: command, of: id, done) }
        board.servers.onDeath { [timer] server in timer.inherit(from: server) }
        claims.onReplay = { [unowned self] task in
            if let lease = task.work?.lease { renew(task.id, fence: lease.fence, length: nil) }
        }
    }

    /// Begins with what the log has kept, perhaps anew, and the board with it: leases at their full length, unless another
    /// server keeps them, and delays with what is left of them.
    ///
    /// - Complexity: O(tasks).
    func begin(with start: LogStart) {
        timer.forgetAll()
        progress = [:]
        var portion: [TaskRecord] = []
        board.begin(with: start, aging: limits.aging) { [timer] task in
            guard !task.isPlain else { return }
            portion.append(task)
            guard portion.count == Self.portion else { return }
            timer.hear(read: portion)
            portion.removeAll(keepingCapacity: true)
        }
        timer.hear(read: portion)
        timer.arm()
        chores.begin()
    }

    /// How many tasks that were read are looked at together.
    private static var portion: Int { 64 }

    /// Hears what has happened, in the order of the log.
    func hear(_ event: TaskEvent, from origin: EventOrigin) {
        switch event.change {
        case .created(let task), .updated(let task, _, _):
            if !task.isPlain { hear(task, from: origin) }
        case .deleted(let id, _):
            timer.forget(id)
            progress[id] = nil
        case .moved, .project: break
        }
        chores.look(behind: origin)
    }

    private func hear(_ task: TaskRecord, from origin: EventOrigin) {
        timer.hear(task, from: origin)
        if !progress.isEmpty, task.status != .inProgress { progress[task.id] = nil }
    }

    /// Answers the claims that wait, and takes no more.
    func stop() { claims.stop() }
}

// MARK: - The clock

extension WorkQueue {
    /// Lets the lease of that fence begin anew; asked for before the engine is, so that it does not run out meanwhile.
    func renew(_ id: TaskID, fence: Int, length: Duration?) {
        guard timer.renew(id, fence: fence, length: length) else { return }
        log.warning(
            "Task \(id): its lease is renewed for 100 times its length. Its worker may hang; a timeout would end that.")
    }

    private func ask(for command: WorkCommand, of id: TaskID, _ done: @escaping (Bool) -> Void) {
        let command = TaskCommand(
            .work(command), requestID: RequestName(requestIDs.next()), timestamp: .now, random: board.randomBits())
        board.submit(command) { [self] result in
            guard case .success = result else { return done(false) }
            done(true)
            // Where no event came of it, it may wait for something else.
            if let task = board.store[id], !task.isPlain { timer.hear(task, from: .own) }
        }
    }
}

// MARK: - Tasks as they are shown

extension WorkQueue {
    /// Notes how far a worker has come with a task that it holds.
    func note(_ progress: WorkProgress, of id: TaskID) { self.progress[id] = progress }

    /// The task with all that is known of it.
    ///
    /// - Complexity: O(1).
    func view(of task: TaskRecord, _ form: TaskView.Form, isAlone: Bool = false) -> TaskView {
        var view = TaskView(task: task, form: form, isAlone: isAlone)
        guard form == .full || !task.isPlain else { return view }
        let store = board.store
        if !task.dependencies.isEmpty { view.unmet = store.unmet(of: task.id) }
        view.project = store.settings(of: task.project.map { PlainText($0) })
        view.bodies = store.bodies(of: task.id) ?? TaskBodies()
        if task.status == .inProgress {
            view.lease = timer.lease(of: task.id)
            if !progress.isEmpty { view.progress = progress[task.id] }
        }
        return view
    }

    /// Writes a task among others.
    func write(_ task: TaskRecord, _ form: TaskView.Form = .brief, to json: inout JSONText) {
        if task.isPlain, form == .brief { json.task(task) } else { json.task(view(of: task, form)) }
    }

    /// Ends the response with a task and its tag.
    func end(_ response: ServerResponse, with task: TaskRecord, _ form: TaskView.Form, isDuplicate: Bool = false) {
        response.setTag(of: task)
        var view = view(of: task, form, isAlone: true)
        view.isDuplicate = isDuplicate
        JSONPad.lend { json in
            json.task(view)
            response.end(json: json)
        }
    }
}

// MARK: - Limits

extension WorkQueue {
    /// Whether a task of these fields is taken, or is there already by its unique key.
    func hasRoom(for fields: borrowing TaskFields) -> Bool {
        isThere(fields) || hasRoom(for: fields.isOpen ? 1 : 0, bytes: fields.payloadBytes)
    }

    /// Whether tasks of all these fields are taken.
    func hasRoom(for all: [TaskFields]) -> Bool {
        let new = all.filter { !isThere($0) }
        return hasRoom(for: new.count(where: \.isOpen), bytes: new.reduce(0) { $0 + $1.payloadBytes })
    }

    private func isThere(_ fields: borrowing TaskFields) -> Bool {
        guard fields.isOpen, let key = fields.work?.value.unique?.key else { return false }
        return board.store.holder(ofUnique: key, in: (fields.project ?? nil).map { PlainText($0) }) != nil
    }

    /// Whether so many more tasks, with so many bytes, are taken. Where only bytes are too many, what has ended goes.
    private func hasRoom(for tasks: Int, bytes: Int) -> Bool {
        guard tasks == 0 || board.openTasks + tasks <= limits.tasks else { return false }
        guard bytes > 0, board.bodyBytes + bytes > limits.bytes else { return true }
        chores.makeRoom()
        return false
    }
}
