import DequeModule
import TaskEngine
import UVCore

/// Reports about all tasks, each with heavy work on a thread of the pool.
///
/// The work knows no task. The summary behind it is made on the loop, in steps: so no copy of the store is kept while a
/// thread works, and no other client waits long for its turn.
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

    /// - Parameter store: The tasks as they are now; asked again for each step.
    init(store: @escaping () -> TaskStore) { self.store = store }

    /// The job of that id; nil if there never was one, or too many were started since.
    subscript(id: TaskID) -> Report? { jobs[id] }

    /// Jobs that can be asked about.
    var count: Int { jobs.count }

    /// Begins a report.
    ///
    /// - Throws: `.queueFull` when as many jobs wait as may, for a thread or for their summary; then none was begun.
    func start(iterations: Int) throws(WorkerError) -> Report {
        guard unsummarised.count < loop.workers.capacity else { throw .queueFull }
        let report = Report(id: ids.next(at: .now, random: .random(in: .min ... .max)))
        let progress = report.progress
        try loop.workers.run { job in
            progress.begin()
            let outcome = SyntheticWork.run(iterations) { job.isCancelled }
            return (thread: currentThreadID(), outcome: outcome)
        } then: { [self] result in
            switch result {
            case .success(let work): conclude(report, work.outcome, thread: work.thread)
            case .failure(let error):
                report.finish(.failure(ReportFailure(message: "The work was given up: \(error).")))
            }
        }
        keep(report)
        return report
    }

    private func keep(_ report: Report) {
        if order.count == Self.kept, let oldest = order.popFirst() { jobs[oldest] = nil }
        order.append(report.id)
        jobs[report.id] = report
    }

    private func conclude(_ report: Report, _ work: SyntheticWork.Outcome, thread: Int) {
        unsummarised.append { summary in
            report.finish(
                .success(Report.Output(threadID: thread, work: work, summary: summary, generatedAt: .now)))
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
