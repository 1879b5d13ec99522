import DequeModule
import TaskEngine
import UVCore
import UVHTTP

/// Finds orders to work in for all that ask, one after the other and each in steps.
///
/// Requests that ask for the same while nothing changes get the same answer, which is worked out once. So however many
/// ask, there is one search in memory, and it has its share of a turn of the loop.
@LoopActor
final class OrderDesk {
    /// The result of a search.
    enum Outcome {
        case order(Snapshots.List)
        case cycle(Snapshots.List)
        case missing(TaskID, requiredBy: TaskID)
        case noSuchTask
        /// There is no memory for another list.
        case busy

        fileprivate var isBusy: Bool { if case .busy = self { true } else { false } }
    }

    /// A search, and the requests that wait for it.
    private final class Job {
        var search: OrderSearch
        /// The number of the last event when it began; nil before that.
        var beganAt: Int?
        var waiting: [(number: Int, answer: (Outcome) -> Void)] = []

        init(of root: TaskID?) { search = OrderSearch(of: root) }
    }

    private let store: () -> TaskStore
    private let snapshots: Snapshots
    private var running: Job?
    private var queued = Deque<Job>()
    /// Whether steps are to come.
    private var isQueued = false
    /// The result of the last search, while nothing has changed since.
    private var last: (root: TaskID?, sequence: Int, outcome: Outcome)?
    private var requests = 0

    /// - Parameter store: The tasks as they are now; asked again for each step.
    init(_ snapshots: Snapshots, store: @escaping () -> TaskStore) {
        self.snapshots = snapshots
        self.store = store
    }

    /// Finds an order of `root` and what it needs, or of all tasks, and calls `answer` unless `response` was closed: at
    /// once among few tasks, else in a turn to come.
    func find(_ root: TaskID?, for response: ServerResponse, _ answer: @escaping (Outcome) -> Void) {
        let sequence = store().sequence
        if let last, last.root == root, last.sequence == sequence { return answer(last.outcome) }
        last = nil
        let job = self.job(of: root, at: sequence)
        requests += 1
        let number = requests
        job.waiting.append((number, answer))
        if !isQueued {
            guard step() else { return }
            isQueued = true
            StepQueue.current.add { [self] in
                isQueued = step()
                return isQueued
            }
        }
        response.whenClosed { job.waiting.removeAll { $0.number == number } }
    }

    /// A search that sees all that a client can have seen by now: one that has not begun, or nothing has changed since.
    private func job(of root: TaskID?, at sequence: Int) -> Job {
        if let running, running.search.root == root, running.beganAt == sequence { return running }
        if let job = queued.first(where: { $0.search.root == root }) { return job }
        let job = Job(of: root)
        queued.append(job)
        return job
    }

    /// Goes on with the search that runs, or with the next; returns whether there is more to do.
    private func step() -> Bool {
        if running?.waiting.isEmpty ?? true { running = nextJob() }
        guard let job = running else { return false }
        let store = store()
        if job.beganAt == nil { job.beganAt = store.sequence }
        let outcome: Outcome
        switch job.search.step(over: store, looks: StepQueue.looks) {
        case .goesOn: return true
        case .noSuchTask: outcome = .noSuchTask
        case .found(.order(let ids)): outcome = snapshots.list(of: ids).map(Outcome.order) ?? .busy
        case .found(.cycle(let ids)): outcome = snapshots.list(of: ids).map(Outcome.cycle) ?? .busy
        case .found(.missing(let id, let requiredBy)): outcome = .missing(id, requiredBy: requiredBy)
        }
        running = nil
        if job.beganAt == store.sequence, !outcome.isBusy { last = (job.search.root, store.sequence, outcome) }
        for (_, answer) in job.waiting { answer(outcome) }
        return !queued.isEmpty
    }

    private func nextJob() -> Job? {
        while let job = queued.popFirst() {
            if !job.waiting.isEmpty { return job }
        }
        return nil
    }
}
