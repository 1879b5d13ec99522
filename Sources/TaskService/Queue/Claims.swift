import TaskEngine
import TaskStorage
import UVCore

/// Claims as clients make them: asked for, left to wait in line, asked for again when there is something for them, and
/// given back where the answer could not be written.
@LoopActor
final class Claims<Client: ClaimClient> {
    typealias Asked = AskedClaim<Client>

    /// Called with each task that a claim has got again: its lease begins anew.
    var onReplay: ((TaskRecord) -> Void)?

    private let board: TaskBoard
    private let loop = EventLoop.current
    private let line: ClaimLine<Client>
    private var deliveries = Deliveries<Asked>()
    private var requestIDs = RequestID.Source()
    /// Whether no claim is taken any more.
    private(set) var isStopping = false

    init(_ board: TaskBoard) {
        self.board = board
        line = ClaimLine(board)
        line.onTurn = { [unowned self] asked in
            if submit(asked) { return true }
            stand(asked)
            return false
        }
    }

    /// How many claims wait.
    var count: Int { line.count }
}

// MARK: - Asking

extension Claims {
    /// Claims tasks, and calls `answer` once: at once, when they are kept, or when the wait is over; not if the client has
    /// gone.
    func ask(
        _ claim: Claim, waiting wait: Duration, for client: Client, _ answer: @escaping (ClaimOutcome) -> Void
    ) {
        guard !isStopping else { return answer(.stopping) }
        let asked = Asked(claim, waiting: wait, for: client, owner: self, answer)
        let former = line.leave(sameAs: claim)
        former?.asked.end(.none)
        asked.inheritedPlace = former?.place
        if !submit(asked) { stand(asked) }
    }

    /// Has the claim decided. Returns false if nothing was found: it may wait.
    private func submit(_ asked: Asked) -> Bool {
        var isDeciding = true
        var isEmpty = false
        let command = TaskCommand(
            .work(.claim(asked.claim)), requestID: asked.client.requestName, timestamp: .now,
            random: board.randomBits())
        board.submit(command) { [self] result in
            if case .success(.claimed(let tasks, _)) = result, tasks.isEmpty, isDeciding { return isEmpty = true }
            conclude(asked, result)
        }
        isDeciding = false
        return !isEmpty
    }

    private func conclude(_ asked: Asked, _ result: Result<Decision.Outcome, LogError>) {
        switch result {
        case .success(.claimed(let tasks, let isReplayed)) where !tasks.isEmpty:
            give(tasks, isReplayed: isReplayed, to: asked)
        // Decided anew it has found nothing, and what was offered meanwhile was not offered to it.
        case .success(.claimed): if asked.hasLeft || !submit(asked) { stand(asked) }
        case .success(.refused(let error)): end(asked, .refused(error))
        case .success: end(asked, .none)
        // Nothing was claimed: it stands where it stood.
        case .failure(.refused) where !asked.isOver && !isStopping: stand(asked)
        case .failure(let error): end(asked, .failed(error))
        }
    }

    private func end(_ asked: Asked, _ outcome: ClaimOutcome) {
        line.leave(asked)
        asked.end(outcome)
    }
}

// MARK: - Waiting

extension Claims {
    private func stand(_ asked: Asked) {
        if asked.hasLeft || asked.isOver { return end(asked, .none) }
        if isStopping { return endStopping(asked) }
        if line.stand(asked) { return }
        guard line.enter(asked, inPlaceOf: asked.inheritedPlace) else { return end(asked, .full) }
        asked.beginToWait(on: loop)
    }

    /// Its time is over.
    func giveUp(_ asked: Asked) {
        if line.isWaiting(asked) { end(asked, .none) }
    }

    /// Answers those that wait, with nothing, and takes no more.
    func stop() {
        isStopping = true
        for asked in line.leaveAll() { endStopping(asked) }
    }

    private func endStopping(_ asked: Asked) {
        asked.client.endConnection()
        end(asked, .none)
    }
}

// MARK: - Delivering

extension Claims {
    /// Answers with tasks that were claimed in another way, on the same terms.
    func deliver(
        _ tasks: [ClaimedTask], isReplayed: Bool, of claim: Claim, to client: Client,
        _ answer: @escaping (ClaimOutcome) -> Void
    ) {
        let asked = Asked(claim, waiting: .zero, for: client, owner: self, answer)
        give(tasks, isReplayed: isReplayed, to: asked)
    }

    private func give(_ tasks: [ClaimedTask], isReplayed: Bool, to asked: Asked) {
        // The leases would begin anew.
        if isReplayed, !board.servers.isHeard { return end(asked, .failed(Servers.unheard)) }
        asked.given = tasks
        deliveries.begin(tasks, to: asked)
        if isReplayed { for claimed in tasks { onReplay?(claimed.task) } }
        let hasLeft = asked.answer == nil
        end(asked, .tasks(tasks, isReplayed: isReplayed))
        if hasLeft { return conclude(asked, isWritten: false) }
        asked.client.whenFlushed { [self] isTaken in
            asked.isFlushed = true
            if !isTaken {
                conclude(asked, isWritten: false)
            } else if asked.client.isFinished {
                conclude(asked, isWritten: true)
            }
        }
    }

    /// The client has its answer, or will not get it.
    func close(_ asked: Asked) {
        guard asked.given == nil else {
            // What lies in the socket's buffer may still fail to be taken.
            guard asked.client.isFinished else { return conclude(asked, isWritten: false) }
            if asked.isFlushed { conclude(asked, isWritten: true) }
            return
        }
        asked.leave()
        if line.isWaiting(asked) { line.leave(asked) }
    }

    /// What was claimed for an answer that cannot be written is given back, unless it was given to another client since.
    private func conclude(_ asked: Asked, isWritten: Bool) {
        guard let given = asked.given.take() else { return }
        let own = deliveries.end(given, to: asked)
        if !isWritten { giveBack(own) }
    }

    private func giveBack(_ tasks: [ClaimedTask]) {
        guard !tasks.isEmpty else { return }
        let parts = tasks.map {
            TaskCommand.Action.work(.undeliver($0.task.id, fence: $0.fence ?? 0, keeper: $0.task.work?.keeper ?? 0))
        }
        let command = TaskCommand(
            .several(parts), requestID: RequestName(requestIDs.next()), timestamp: .now, random: board.randomBits())
        // Where that is not kept, the leases run out.
        board.submit(command) { _ in }
    }
}
