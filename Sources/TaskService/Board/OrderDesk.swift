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
        case order(Snapshots.List<[TaskID]>)
        case cycle(Snapshots.List<[TaskID]>)
        case missing(TaskID, requiredBy: TaskID)
        case noSuchTask
        /// There is no memory for another list.
        case busy

        fileprivate var isBusy: Bool { if case .busy = self { true } else { false } }
    }

    /// A search, and the requests that wait for it.
    private final class Job {
        let root: TaskID?
        /// Nil when it has come to its outcome.
        private var search: OrderSearch?
        /// The number of the last event when it began; nil before that.
        private(set) var beganAt: Int?
        private(set) var outcome: Outcome?
        /// The requests by their numbers, which are counted as they come.
        private var waiting: [Int: (Outcome) -> Void] = [:]
        private var count = 0
        private var answered = 0

        init(of root: TaskID?) {
            self.root = root
            search = OrderSearch(of: root)
        }

        var isWanted: Bool { !waiting.isEmpty }

        func add(_ answer: @escaping (Outcome) -> Void) -> Int {
            waiting[count] = answer
            count += 1
            return count - 1
        }

        func step(over store: TaskStore) -> OrderSearch.Progress {
            if beganAt == nil { beganAt = store.sequence }
            return search?.step(over: store, looks: StepQueue.looks) ?? .goesOn
        }

        func conclude(_ outcome: Outcome) {
            self.outcome = outcome
            search = nil
        }

        func drop(_ number: Int) { waiting[number] = nil }

        /// Takes out the request that has waited longest.
        func next() -> ((Outcome) -> Void)? {
            while isWanted {
                answered += 1
                if let answer = waiting.removeValue(forKey: answered - 1) { return answer }
            }
            return nil
        }
    }

    private let store: () -> TaskStore
    private let snapshots: Snapshots
    private var running: Job?
    private var queued = Deque<Job>()
    /// Whether steps are to come.
    private var isQueued = false
    /// The result of the last search, while nothing has changed since.
    private var last: (root: TaskID?, sequence: Int, outcome: Outcome)?

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
        let number = job.add(answer)
        goOn()
        response.whenClosed { job.drop(number) }
    }

    private func goOn() {
        guard !isQueued, step(), !isQueued else { return }
        isQueued = true
        StepQueue.current.add { [self] in
            isQueued = step()
            return isQueued
        }
    }

    /// A search that sees all that a client can have seen by now: one that has not begun, or nothing has changed since.
    private func job(of root: TaskID?, at sequence: Int) -> Job {
        if let running, running.root == root, running.beganAt == sequence { return running }
        if let job = queued.first(where: { $0.root == root }) { return job }
        let job = Job(of: root)
        queued.append(job)
        return job
    }

    /// Goes on with a search, or answers the next request that waits for one; returns whether there is more to do.
    private func step() -> Bool {
        guard let job = nextJob() else { return false }
        let outcome = job.outcome ?? look(for: job)
        if let outcome, let answer = job.next() { answer(outcome) }
        return nextJob() != nil
    }

    /// The search that runs, or else the next for which a request waits.
    private func nextJob() -> Job? {
        while !(running?.isWanted ?? false) {
            running = queued.popFirst()
            if running == nil { return nil }
        }
        return running
    }

    /// What a step of the search comes to; nil if it goes on.
    private func look(for job: Job) -> Outcome? {
        let store = store()
        let outcome: Outcome
        switch job.step(over: store) {
        case .goesOn: return nil
        case .noSuchTask: outcome = .noSuchTask
        case .found(.order(let ids)): outcome = snapshots.list(of: ids).map(Outcome.order) ?? .busy
        case .found(.cycle(let ids)): outcome = snapshots.list(of: ids).map(Outcome.cycle) ?? .busy
        case .found(.missing(let id, let requiredBy)): outcome = .missing(id, requiredBy: requiredBy)
        }
        if job.beganAt == store.sequence, !outcome.isBusy { last = (job.root, store.sequence, outcome) }
        job.conclude(outcome)
        return outcome
    }
}
