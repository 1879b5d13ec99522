import DequeModule
import TaskEngine
import TaskStorage
import UVCore

/// Reports about all tasks, each with heavy work on a thread of the pool.
///
/// The work knows no task. The summary behind it is made on the loop, in steps: so no copy of the store is kept while a
/// thread works, and no other client waits long for its turn.
///
/// Where several processes have one store, each tells the others of its jobs, by notes.
@LoopActor
final class Reports {
    /// How many jobs can be asked about.
    static let kept = 1_000

    private let loop = EventLoop.current
    private let store: () -> TaskStore
    private var jobs: [TaskID: Report] = [:]
    private var order = Deque<TaskID>()
    private var ids = TaskIDGenerator()
    /// The reports whose work is done and that wait for a summary. One walk makes that of all that wait when it begins.
    private var unsummarised: [(TaskSummary) -> Void] = []
    private var isSummarising = false

    /// Where other processes read of the jobs; nil if there can be none.
    private let notes: (any SharedNotes)?

    /// - Parameter store: The tasks as they are now; asked again for each step.
    init(_ notes: (any SharedNotes)? = nil, store: @escaping () -> TaskStore) {
        self.notes = notes
        self.store = store
    }

    /// The job of that id; nil if there never was one, or too many were started since.
    subscript(id: TaskID) -> Report? { jobs[id] }

    /// Whether another process may have the job of an id that this one does not know.
    var hasOthers: Bool { notes != nil }

    /// Calls `done` with the JSON of the job of that id that another process has told of, or nil if none has.
    func askOthers(for id: TaskID, _ done: @escaping (Result<[UInt8]?, LogError>) -> Void) {
        guard let notes else { return done(.success(nil)) }
        notes.read(id, done)
    }

    /// Jobs that can be asked about.
    var count: Int { jobs.count }

    /// Begins a report.
    ///
    /// - Throws: `.queueFull` when as many jobs wait as may, for a thread or for their summary; then none was begun.
    func start(iterations: Int) throws(WorkerError) -> Report {
        guard unsummarised.count < loop.workers.capacity else { throw .queueFull }
        let report = Report(id: ids.next(at: .now, random: .random(in: .min ... .max)))
        let progress = report.progress
        let isTold = hasOthers
        try loop.workers.run { job in
            progress.begin()
            if isTold { Task { @LoopActor in self.tell(of: report) } }
            let outcome = SyntheticWork.run(iterations) { job.isCancelled }
            return (thread: currentThreadID(), outcome: outcome)
        } then: { [self] result in
            switch result {
            case .success(let work): conclude(report, work.outcome, thread: work.thread)
            case .failure(let error):
                finish(report, .failure(ReportFailure(message: "The work was given up: \(error).")))
            }
        }
        keep(report)
        return report
    }

    private func keep(_ report: Report) {
        if order.count == Self.kept, let oldest = order.popFirst() {
            jobs[oldest] = nil
            notes?.remove(oldest)
        }
        order.append(report.id)
        jobs[report.id] = report
        tell(of: report)
    }

    private func finish(_ report: Report, _ result: Result<Report.Output, ReportFailure>) {
        report.finish(result)
        tell(of: report)
    }

    /// Tells other processes how far a report is.
    private func tell(of report: Report) {
        guard let notes, case .some = jobs[report.id] else { return }
        notes.write(report.note, under: report.id)
    }

    private func conclude(_ report: Report, _ work: SyntheticWork.Outcome, thread: Int) {
        unsummarised.append { [self] summary in
            finish(report, .success(Report.Output(threadID: thread, work: work, summary: summary, generatedAt: .now)))
        }
        if !isSummarising { summarise() }
    }

    /// Walks all tasks, a step at a time, for the reports that wait now; then for those that have come meanwhile.
    private func summarise() {
        let waiting = unsummarised
        unsummarised = []
        isSummarising = !waiting.isEmpty
        guard isSummarising else { return }
        var summary = TaskSummary()
        var cursor: TaskID?
        StepQueue.current.add { [self] in
            guard !summary.add(store(), after: &cursor, looks: StepQueue.looks) else { return true }
            for finish in waiting { finish(summary) }
            summarise()
            return false
        }
    }
}
