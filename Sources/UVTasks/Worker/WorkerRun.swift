import UVCore

/// A worker that has begun: carries what its ``WorkerState`` wants to say to the server, and runs the handlers.
///
/// All that happens goes into the state; then `pump` looks what is to be said, once for all that a turn of the loop brings,
/// and sets the one timer. A run keeps itself until it is over.
@LoopActor
final class WorkerRun {
    private let loop: EventLoop
    private let worker: TaskWorker
    private let handlers: [ByteText: TaskWorker.Handler]
    private let drain: Duration

    private var state: WorkerState
    private let lines: [WorkerLine.Name: TaskLine]
    private var turns: [WorkerLine.Name: Task<Void, Never>] = [:]
    private var jobs: [ClaimID: (job: TaskJob, task: Task<Void, Never>)] = [:]
    private var generator = SystemRandomNumberGenerator()
    private var timer: Timeout?
    private var nextPump: Immediate?
    private var watchers: [SignalWatcher] = []
    private var failure: TaskError?

    init(
        _ worker: TaskWorker, _ settings: WorkerState.Settings, _ handlers: [ByteText: TaskWorker.Handler],
        drain: Duration
    ) {
        self.worker = worker
        self.handlers = handlers
        self.drain = drain
        loop = worker.loop
        state = WorkerState(settings)
        lines = [
            .claims: worker.client.privateLine(patience: settings.wait + Self.patience),
            .reports: worker.client.privateLine(patience: Self.patience),
        ]
    }

    /// How long a server that is slow may take.
    private static let patience: Duration = .seconds(15)

    func start(stoppingOn signals: [Signal]) {
        for signal in signals {
            if let watcher = try? SignalWatcher(signal, { [self] in stop() }) { watchers.append(watcher) }
        }
        pumpSoon()
    }

    var isTaking: Bool { if case .working = state.stage { true } else { false } }

    /// Begins the drain; while it goes on, ends it.
    func stop() {
        guard !state.isOver else { return }
        if !beginDrain() { perform(state.release(at: loop.now)) }
        pumpSoon()
    }

    /// What the server says may be said in each of its answers: it ends no drain.
    private func stop(for error: TaskError?) {
        guard !state.isOver else { return }
        if failure == nil { failure = error }
        beginDrain()
        pumpSoon()
    }

    /// Returns false, and changes nothing, where the drain has an end already.
    @discardableResult
    private func beginDrain() -> Bool {
        let (end, isTooLate) = loop.now.addingReportingOverflow(drain.wholeMilliseconds)
        guard state.drain(until: isTooLate ? .max : end) else { return false }
        turns[.claims]?.cancel()
        return true
    }

    // MARK: - Turns

    private func pumpSoon() {
        guard nextPump == nil else { return }
        nextPump = loop.setImmediate { [self] in
            nextPump = nil
            pump()
        }
    }

    private func pump() {
        timer?.cancel()
        timer = nil
        perform(state.advance(at: loop.now))
        if state.isOver { return end() }
        for line in WorkerLine.Name.allCases {
            if let turn = state.nextTurn(on: line, at: loop.now) { send(turn, on: line) }
        }
        guard let time = state.wake(after: loop.now) else { return }
        timer = loop.wait(.milliseconds(max(time - loop.now, 1))) { [self] in pump() }
    }

    private func send(_ turn: Turn, on line: WorkerLine.Name) {
        turns[line] = loop.spawn { [self] in
            let result = await ask(turn, on: line)
            turns[line] = nil
            guard !state.isOver else { return }
            switch result {
            case .success(let answer):
                perform(state.receive(answer, on: line, at: loop.now, using: &generator))
            case .failure(.unreachable(.aborted)):
                state.abandon(line)
            case .failure(let error):
                perform(state.lose(on: line, error, at: loop.now, using: &generator))
            }
            pumpSoon()
        }
    }

    private func ask(_ turn: Turn, on line: WorkerLine.Name) async -> Result<TurnAnswer, TaskError> {
        guard let body = try? JSON(encoding: turn), let line = lines[line] else { return .failure(.unencodable("")) }
        do throws(TaskError) {
            let answer = try await line.ask(
                TaskLine.Question(path: "/tasks/work", change: .init(body: body)))
            let said = try? JSON(answer.body, answer.body.root).decode(as: TurnAnswer.self)
            return said.map { .success($0) } ?? .failure(.invalidAnswer(status: 200))
        } catch {
            return .failure(error)
        }
    }

    private func perform(_ actions: [WorkerState.Action]) {
        for action in actions {
            switch action {
            case .start(let task): start(task)
            case .cancel(let id): cancel(id)
            case .tell(let notice): loop.attempt { try worker.onNotice?(notice) }
            case .stop(let error): stop(for: error)
            }
        }
    }

    // MARK: - Jobs

    private func start(_ task: ClaimedTask) {
        let job = TaskJob(task) { [self] progress in state.note(progress, of: task.id) }
        let handler = handlers[ByteText(task.type ?? "")]
        let running = loop.spawn { [self] in
            let outcome: Turn.Outcome
            do {
                guard let handler else { throw TaskFailure("This worker has no handler for the task's type.") }
                outcome = Turn.Outcome(task.id, result: try await handler(job))
            } catch {
                outcome = Turn.Outcome(task.id, error: error)
            }
            jobs[task.id] = nil
            state.finish(outcome)
            pumpSoon()
        }
        jobs[task.id] = (job, running)
    }

    private func cancel(_ id: ClaimID) {
        guard let (job, task) = jobs[id], !job.isCancelled else { return }
        loop.attempt { try job.cancel() }
        task.cancel()
    }

    // MARK: - The end

    private func end() {
        nextPump?.cancel()
        for turn in turns.values { turn.cancel() }
        for watcher in watchers { watcher.cancel() }
        watchers = []
        for line in lines.values { line.client.closeIdleConnections() }
        let onEnd = worker.onEnd
        // The program's closures usually hold the worker.
        (worker.onEnd, worker.onNotice) = (nil, nil)
        loop.attempt { [failure] in try onEnd?(failure) }
    }
}
