import DequeModule
import TaskEngine
import TaskStorage
import UVCore
import UVHTTP

/// Claims as clients make them: asked for, left to wait in line, asked for again when there is something for them, and
/// given back where the answer could not be written.
@LoopActor
final class Claims {
    /// What becomes of a claim.
    enum Outcome {
        case tasks([ClaimedTask], isReplayed: Bool)
        /// Nothing was found in the time that the client wanted to wait.
        case none
        case refused(TaskError)
        /// There are as many claims as may wait.
        case full
        /// The server is about to end.
        case stopping
        case failed(LogError)
    }

    /// A claim, and the client that waits for it.
    @LoopActor
    final class Asking {
        let claim: Claim
        let wait: Duration
        let response: ServerResponse
        private(set) var answer: ((Outcome) -> Void)?
        /// Where it stands in line; nil while it does not.
        fileprivate var ticket: ClaimDesk<Asking>.Ticket?
        fileprivate var timer: Timeout?
        /// Whether its time is over.
        fileprivate var isOver: Bool
        /// What the client is given, with the number of the delivery; nil when it is known to have it, or not to get it.
        fileprivate var delivery: (number: Int, tasks: [ClaimedTask])?
        /// Whether the system was given as much of the answer as it took at once.
        fileprivate var isFlushed = false

        fileprivate init(
            _ claim: Claim, waiting wait: Duration, for response: ServerResponse, _ answer: @escaping (Outcome) -> Void
        ) {
            self.claim = claim
            self.wait = wait
            self.response = response
            self.answer = answer
            isOver = wait <= .zero
        }

        fileprivate var hasLeft: Bool { answer == nil && delivery == nil }

        fileprivate func end(_ outcome: Outcome) {
            timer?.cancel()
            timer = nil
            answer.take()?(outcome)
        }

        fileprivate func leave() {
            timer?.cancel()
            answer = nil
        }
    }

    /// Called with each task that a claim has got again: its lease begins anew.
    var onReplay: ((TaskRecord) -> Void)?

    private let board: TaskBoard
    private let loop = EventLoop.current
    private var desk = ClaimDesk<Asking>()
    /// Lanes in which there may be something for those in line, each once.
    private var offers = Deque<LaneName>()
    private var offered: Set<LaneName> = []
    private var isServing = false
    /// Whether no claim is taken any more.
    private(set) var isStopping = false
    private var requestIDs = RequestID.Source()
    /// The connection that a lease was given to last, until that is known to have been told: by fence.
    private var deliveries: [Int: Int] = [:]
    private var deliveryCount = 0

    /// How many claims that wait are asked for in one turn of the loop.
    private static let perTurn = 100

    init(_ board: TaskBoard) { self.board = board }

    /// How many claims wait.
    var count: Int { desk.count }
}

// MARK: - Asking

extension Claims {
    /// Claims tasks, and calls `answer` once: at once, when they are kept, or when the wait is over; not if the client has
    /// gone.
    func ask(
        _ claim: Claim, waiting wait: Duration, for response: ServerResponse, _ answer: @escaping (Outcome) -> Void
    ) {
        guard !isStopping else { return answer(.stopping) }
        let asking = Asking(claim, waiting: wait, for: response, answer)
        let former = desk.leave(sameAs: claim)
        if let former {
            former.client.ticket = nil
            end(former.client, .none)
        }
        response.whenClosed { [self] in close(asking) }
        if submit(asking) { return }
        stand(asking, inPlaceOf: former?.place)
    }

    /// Answers with tasks that were claimed in another way, on the same terms.
    func deliver(
        _ tasks: [ClaimedTask], isReplayed: Bool, of claim: Claim, to response: ServerResponse,
        _ answer: @escaping (Outcome) -> Void
    ) {
        let asking = Asking(claim, waiting: .zero, for: response, answer)
        response.whenClosed { [self] in close(asking) }
        give(tasks, isReplayed: isReplayed, to: asking)
    }

    /// Has the claim decided. Returns false if nothing was found: it may wait.
    private func submit(_ asking: Asking) -> Bool {
        var isDeciding = true
        var isEmpty = false
        let command = TaskCommand(
            .work(.claim(asking.claim)), requestID: asking.response.requestName, timestamp: .now,
            random: board.randomBits())
        board.submit(command) { [self] result in
            if case .success(.claimed(let tasks, _)) = result, tasks.isEmpty, isDeciding { return isEmpty = true }
            conclude(asking, result)
        }
        isDeciding = false
        return !isEmpty
    }

    private func conclude(_ asking: Asking, _ result: Result<Decision.Outcome, LogError>) {
        switch result {
        case .success(.claimed(let tasks, let isReplayed)) where !tasks.isEmpty:
            give(tasks, isReplayed: isReplayed, to: asking)
        case .success(.claimed):
            // Decided anew it has found nothing, and what was offered meanwhile was not offered to it.
            if !submit(asking) { stand(asking) }
        case .success(.refused(let error)): end(asking, .refused(error))
        case .success: end(asking, .none)
        // Nothing was claimed: it stands where it stood.
        case .failure(.refused) where !asking.isOver && !isStopping: stand(asking)
        case .failure(let error): end(asking, .failed(error))
        }
    }

    private func give(_ tasks: [ClaimedTask], isReplayed: Bool, to asking: Asking) {
        deliveryCount += 1
        asking.delivery = (deliveryCount, tasks)
        for claimed in tasks {
            guard let fence = claimed.task.work?.lease?.fence else { continue }
            deliveries[fence] = deliveryCount
            if isReplayed { onReplay?(claimed.task) }
        }
        let hasLeft = asking.answer == nil
        end(asking, .tasks(tasks, isReplayed: isReplayed))
        if hasLeft { return conclude(asking, isWritten: false) }
        asking.response.whenFlushed { [self] isTaken in
            asking.isFlushed = true
            if !isTaken {
                conclude(asking, isWritten: false)
            } else if asking.response.isFinished {
                conclude(asking, isWritten: true)
            }
        }
    }

    private func end(_ asking: Asking, _ outcome: Outcome) {
        leaveLine(asking)
        asking.end(outcome)
    }
}

// MARK: - The line

extension Claims {
    private func stand(_ asking: Asking, inPlaceOf place: Int? = nil) {
        if asking.hasLeft || asking.isOver { return end(asking, .none) }
        if isStopping { return endStopping(asking) }
        if let ticket = asking.ticket { return desk.stand(ticket) }
        guard !desk.isFull(for: asking.claim.worker) else { return end(asking, .full) }
        if desk.isEmpty {
            board.forgetOffers()
            board.onOffers = { [unowned self] lanes in hear(lanes) }
        }
        asking.ticket = desk.enter(asking.claim, for: asking, inPlaceOf: place)
        // A client that waits and ends its side is gone: it looks the same, and tasks are not for it.
        asking.response.onClientEnd = { [unowned asking] in asking.response.destroy() }
        asking.timer = loop.wait(asking.wait) { [self] in giveUp(asking) }.unref()
    }

    private func giveUp(_ asking: Asking) {
        asking.isOver = true
        guard let ticket = asking.ticket, desk.isWaiting(ticket) else { return }
        end(asking, .none)
    }

    private func leaveLine(_ asking: Asking) {
        guard let ticket = asking.ticket.take() else { return }
        asking.response.onClientEnd = nil
        _ = desk.leave(ticket)
        guard desk.isEmpty else { return }
        board.onOffers = nil
        offers.removeAll()
        offered.removeAll()
    }

    private func hear(_ lanes: [LaneName]) {
        for lane in lanes where offered.insert(lane).inserted { offers.append(lane) }
        serve()
    }

    /// Asks for the claims that have waited longest for what is offered, a portion of them in a turn.
    private func serve() {
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        for _ in 0..<Self.perTurn {
            guard let lane = offers.first else { return }
            guard let asking = desk.first(for: lane).flatMap({ desk.take($0) }), submitOrStand(asking) else {
                // Another may have been offered, or all, while the claim was decided.
                if offers.first == lane { offered.remove(offers.removeFirst()) }
                continue
            }
        }
        loop.setImmediate { [self] in serve() }
    }

    private func submitOrStand(_ asking: Asking) -> Bool {
        if submit(asking) { return true }
        stand(asking)
        return false
    }
}

// MARK: - The end

extension Claims {
    /// Answers those that wait, with nothing, and takes no more.
    func stop() {
        isStopping = true
        for asking in desk.leaveAll() {
            asking.ticket = nil
            endStopping(asking)
        }
    }

    private func endStopping(_ asking: Asking) {
        asking.response.keepsConnection = false
        end(asking, .none)
    }

    /// The client has its answer, or will not get it.
    private func close(_ asking: Asking) {
        guard asking.delivery == nil else {
            // What lies in the socket's buffer may still fail to be taken.
            guard asking.response.isFinished else { return conclude(asking, isWritten: false) }
            if asking.isFlushed { conclude(asking, isWritten: true) }
            return
        }
        asking.leave()
        if let ticket = asking.ticket, desk.isWaiting(ticket) { leaveLine(asking) }
    }

    /// What was claimed for an answer that cannot be written is given back, unless it was given to another connection since.
    private func conclude(_ asking: Asking, isWritten: Bool) {
        guard let delivery = asking.delivery.take() else { return }
        let own = delivery.tasks.filter { claimed in
            guard let fence = claimed.task.work?.lease?.fence, deliveries[fence] == delivery.number else {
                return false
            }
            deliveries[fence] = nil
            return true
        }
        if !isWritten { giveBack(own) }
    }

    private func giveBack(_ tasks: [ClaimedTask]) {
        guard !tasks.isEmpty else { return }
        let parts = tasks.map { claimed in
            TaskCommand.Action.work(.undeliver(claimed.task.id, fence: claimed.task.work?.lease?.fence ?? 0))
        }
        let command = TaskCommand(
            .several(parts), requestID: RequestName(requestIDs.next()), timestamp: .now, random: board.randomBits())
        // Where that is not kept, the leases run out.
        board.submit(command) { _ in }
    }
}
