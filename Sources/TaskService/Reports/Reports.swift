import DequeModule
import TaskEngine
import UVCore

/// Reports about all tasks, each with heavy work on a thread of the pool.
///
/// The work knows no task; the summary behind it is made on the loop, in steps, so that no copy of the store is kept
/// while a thread works and nobody waits long for their turn.
@LoopActor
final class Reports {
    /// How many jobs can be asked about.
    static let kept = 1_000

    private let loop = EventLoop.current
    private let store: () -> TaskStore
    private var jobs: [String: Report] = [:]
    private var order = Deque<String>()
    private var ids = RequestID.Source()

    /// - Parameter store: The tasks as they are now; asked again for each step.
    init(store: @escaping () -> TaskStore) { self.store = store }

    /// The job of that id; nil if there never was one, or too many were started since.
    subscript(id: String) -> Report? { jobs[id] }

    /// Jobs that can be asked about.
    var count: Int { jobs.count }

    /// Begins a report.
    ///
    /// - Throws: `.queueFull` when as many jobs wait as may; then none was begun.
    func start(iterations: Int) throws(WorkerError) -> Report {
        let report = Report(id: ids.next().text)
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
        summarise { summary in
            report.finish(
                .success(Report.Output(threadID: thread, work: work, summary: summary, generatedAt: .now)))
        }
    }

    /// Walks all tasks, a step in each turn of the loop.
    private func summarise(
        _ summary: TaskSummary = TaskSummary(), after cursor: TaskID? = nil, then done: @escaping (TaskSummary) -> Void
    ) {
        var summary = summary
        let store = store()
        let step = store.page(after: cursor, limit: Self.step)
        for task in step.tasks { summary.add(task, in: store) }
        guard let last = step.next else { return done(summary) }
        loop.setImmediate { [self, summary] in summarise(summary, after: last, then: done) }
    }

    /// Tasks looked at in one turn.
    private static let step = 500
}
