import UVCore

// MARK: - What happens to it

extension WorkerState {
    /// A handler has ended. Of a task that it does not hold any more, nothing is told.
    package mutating func finish(_ outcome: Turn.Outcome) {
        guard let task = held.removeValue(forKey: outcome.id), !task.isLost else { return }
        untold.append(outcome)
    }

    /// What the next renewal says of a task.
    package mutating func note(_ progress: Turn.Progress, of id: ClaimID) { held[id]?.progress = progress }

    /// The server has answered.
    package mutating func receive(
        _ answer: TurnAnswer, on line: WorkerLine.Name, at now: Int64, using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        guard let turn = self[line].end() else { return [] }
        if answer.isHasty(for: turn, at: now) || answer.leavesWork(of: turn) {
            self[line].pause(from: now, atLeast: nil, using: &generator)
        } else {
            self[line].succeed()
        }
        var actions: [Action] = []
        for outcome in turn.outcomes {
            guard let error = answer.outcomes[outcome.id.task]?.error else { continue }
            actions += judge(outcome, error)
        }
        for renewal in turn.renewals { actions += judge(renewal, answer.renewals[renewal.id.task]) }
        if turn.claim != nil {
            claimCount += 1
            isRecalling = false
            for task in answer.tasks { actions += take(task, at: now) }
            if settings.isOnce { drain(until: nil) }
        }
        isQuiet = answer.command == .quiet
        if isQuiet, line == .claims { claims.rest(until: now + Self.quietTime) }
        if answer.command == .stop { actions.append(.stop(nil)) }
        return actions
    }

    /// There is no answer, or the whole turn was refused: what it said is said again.
    package mutating func lose(
        on line: WorkerLine.Name, _ error: TaskError, at now: Int64, using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        guard let turn = self[line].end() else { return [] }
        self[line].pause(from: now, atLeast: error.retryAfter, using: &generator)
        untold = turn.outcomes + untold
        for renewal in turn.renewals { renewSoon(renewal.id) }
        // Once is enough: a server that is away would hold up the end.
        if turn.claim != nil { isRecalling = false }
        guard error.isPassing else { return [.stop(error)] }
        return [.tell(.unreachable(error, retryIn: .milliseconds((self[line].pause ?? now) - now)))]
    }

    private mutating func take(_ task: ClaimedTask, at now: Int64) -> [Action] {
        // A claim that was asked for again brings what it has brought.
        if held[task.id] != nil { return [] }
        guard isWorking, freeSlots > 0 else {
            untold.append(Turn.Outcome(id: task.id, kind: .release))
            return []
        }
        held[task.id] = Held(lease: task.lease.wholeMilliseconds, since: now)
        return [.start(task)]
    }

    private mutating func judge(_ outcome: Turn.Outcome, _ error: ItemError) -> [Action] {
        if error.isPassing {
            untold.append(outcome)
            return []
        }
        if error.meansLost { return [.tell(.lost(task: outcome.id.task.text, code: error.code))] }
        // What the server does not take as a result is told as a failure, which leaves a trace of it.
        if case .complete = outcome.kind {
            let message = "The result was refused: \(error.message)"
            untold.append(
                Turn.Outcome(id: outcome.id, kind: .fail(message: message, isRetryable: false, retryAfter: nil)))
        }
        return [.tell(.refused(task: outcome.id.task.text, code: error.code, message: error.message))]
    }

    private mutating func judge(_ renewal: Turn.Renewal, _ verdict: TurnAnswer.Verdict?) -> [Action] {
        guard held[renewal.id] != nil, let verdict else { return [] }
        if verdict.isCancelRequested { return [.cancel(renewal.id)] }
        guard let error = verdict.error else { return [] }
        guard error.meansLost else {
            renewSoon(renewal.id)
            return []
        }
        held[renewal.id]?.isLost = true
        return [.cancel(renewal.id), .tell(.lost(task: renewal.id.task.text, code: error.code))]
    }
}

extension WorkerState {
    /// A renewal that did not succeed is due again as soon as there is a way.
    private mutating func renewSoon(_ id: ClaimID) { held[id].map { held[id]?.since -= $0.lease / 3 } }

    /// How long a worker that was told to be quiet waits before it asks again.
    private static let quietTime: Int64 = 5_000
}

// MARK: - The end

extension WorkerState {
    /// Nothing more is claimed, and what is held may end until then; nil for however long that takes. The driver gives
    /// up the turn of the claims, if one is under way.
    ///
    /// A drain without an end is given this one. Returns false, and changes nothing, where there is an end already.
    @discardableResult
    package mutating func drain(until time: Int64?) -> Bool {
        switch stage {
        case .working, .draining(until: nil):
            stage = .draining(until: time)
            return true
        case .draining, .releasing, .over: return false
        }
    }

    /// The turn on a line was given up.
    package mutating func abandon(_ line: WorkerLine.Name) {
        guard let turn = self[line].end() else { return }
        untold = turn.outcomes + untold
        isRecalling = turn.claim != nil && !isRecalling
    }

    /// Gives back all that is held, now.
    package mutating func release(at now: Int64) -> [Action] {
        guard case .draining = stage else { return [] }
        stage = .releasing(until: now + Self.lastWords)
        let ids = held.filter { !$0.value.isLost }.map(\.key)
        untold += ids.map { Turn.Outcome(id: $0, kind: .release) }
        defer { held = [:] }
        return held.keys.map { .cancel($0) }
    }

    /// Looks whether a stage is over.
    package mutating func advance(at now: Int64) -> [Action] {
        switch stage {
        case .working, .over: return []
        case .draining(let until):
            if endIfDone() { return [] }
            return until.map { $0 <= now } ?? false ? release(at: now) : []
        case .releasing(let until):
            if endIfDone() || until > now { return [] }
            stage = .over
            let count = untold.count + (reports.turn?.outcomes.count ?? 0)
            return count > 0 ? [.tell(.untold(count))] : []
        }
    }

    private mutating func endIfDone() -> Bool {
        guard held.isEmpty, untold.isEmpty, !isRecalling, claims.turn == nil, reports.turn == nil else { return false }
        stage = .over
        return true
    }

    /// How long it is tried to give tasks back; then their leases run out.
    private static let lastWords: Int64 = 5_000
}

extension TurnAnswer {
    /// Whether it has come at once and brought nothing, although the turn would have waited: of a server that is about to
    /// stop, or that does not wait. To ask again at once would be a storm of questions.
    fileprivate func isHasty(for turn: Turn, at now: Int64) -> Bool {
        guard let claim = turn.claim, claim.wait > .seconds(1), tasks.isEmpty else { return false }
        return now - turn.madeAt < 1_000
    }

    /// Whether an outcome or a renewal is to be sent again: without a pause that would be a storm as well.
    fileprivate func leavesWork(of turn: Turn) -> Bool {
        turn.outcomes.contains { outcomes[$0.id.task]?.error?.isPassing == true }
            || turn.renewals.contains { renewals[$0.id.task]?.error?.meansLost == false }
    }
}

extension ItemError {
    /// Whether the same may be taken later.
    fileprivate var isPassing: Bool {
        ["STORAGE_UNAVAILABLE", "OUTCOME_UNKNOWN", "SERVICE_UNAVAILABLE", "QUEUE_FULL", "INTERNAL_ERROR"]
            .contains { code.isSame(as: $0) }
    }

    /// Whether the task is not this worker's any more.
    fileprivate var meansLost: Bool {
        ["LEASE_LOST", "TASK_NOT_FOUND", "INVALID_TRANSITION"].contains { code.isSame(as: $0) }
    }
}
