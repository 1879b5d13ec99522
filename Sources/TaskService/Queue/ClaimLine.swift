import DequeModule
import TaskEngine
import UVCore

/// The line of those that wait for work: they are asked for again when there may be something for them.
///
/// ```
///  the board offers lanes ─▶ OfferedLanes ─▶ the first lane's first claim ─▶ onTurn
///                                  ▲                                            │ nothing found: it stands where it stood,
///                                  └── another claim may find something ◀──────┘ and the lane is done with
/// ```
@LoopActor
final class ClaimLine<Client: ClaimClient> {
    typealias Asked = AskedClaim<Client>

    /// Has the claim decided. Returns false if nothing was found.
    var onTurn: ((Asked) -> Bool)?

    private let board: TaskBoard
    private let loop = EventLoop.current
    private var desk = ClaimDesk<Asked>()
    private var offers = OfferedLanes()
    private var isServing = false

    /// How many claims are asked for in one turn of the loop.
    private nonisolated static var perTurn: Int { 100 }

    /// How long lanes are looked through in one turn of the loop: among many claims that name projects one takes a while.
    private nonisolated static var timePerTurn: Duration { .milliseconds(2) }

    init(_ board: TaskBoard) { self.board = board }

    /// How many claims wait.
    var count: Int { desk.count }
}

// MARK: - Coming and going

extension ClaimLine {
    /// Takes a claim in: at the end of the line, or in a place that another has left to it. False if no other may wait.
    func enter(_ asked: Asked, inPlaceOf place: ClaimDesk<Asked>.Ticket?) -> Bool {
        guard !desk.isFull(for: asked.claim.worker) else { return false }
        if desk.isEmpty {
            board.forgetOffers()
            board.onOffers = { [unowned self] lanes in hear(lanes) }
        }
        asked.ticket = desk.enter(asked, inPlaceOf: place)
        asked.client.beginToWait()
        return true
    }

    /// A claim that has had its turn stands where it stood. False if it has no place.
    func stand(_ asked: Asked) -> Bool {
        guard let ticket = asked.ticket else { return false }
        desk.stand(ticket)
        return true
    }

    /// Whether a claim is in line and does not have its turn.
    func isWaiting(_ asked: Asked) -> Bool { asked.ticket.map { desk.isWaiting($0) } ?? false }

    func leave(_ asked: Asked) {
        guard let ticket = asked.ticket.take() else { return }
        asked.client.endWait()
        _ = desk.leave(ticket)
        forgetOffersIfEmpty()
    }

    /// Takes out the claim that the same worker has made under the same key, with its place; nil if there is none, or if it
    /// has its turn.
    func leave(sameAs claim: Claim) -> (place: ClaimDesk<Asked>.Ticket, asked: Asked)? {
        guard let (place, asked) = desk.leave(sameAs: claim) else { return nil }
        asked.ticket = nil
        asked.client.endWait()
        return (place, asked)
    }

    /// Takes out all that do not have their turn, the first first.
    func leaveAll() -> [Asked] {
        let all = desk.leaveAll()
        for asked in all {
            asked.ticket = nil
            asked.client.endWait()
        }
        forgetOffersIfEmpty()
        return all
    }

    private func forgetOffersIfEmpty() {
        guard desk.isEmpty else { return }
        board.onOffers = nil
        offers = OfferedLanes()
    }
}

// MARK: - Turns

extension ClaimLine {
    private func hear(_ lanes: [LaneName]) {
        for lane in lanes { offers.add(lane) }
        serve()
    }

    /// Gives those their turn that have waited longest for what is offered, a portion of them in a turn of the loop.
    private func serve() {
        guard !isServing else { return }
        isServing = true
        defer { isServing = false }
        let end = loop.preciseTime + Self.timePerTurn.wholeNanoseconds
        for _ in 0..<Self.perTurn where loop.preciseTime < end {
            guard let lane = offers.first else { return }
            let asked = desk.first(for: lane).flatMap { desk.take($0) }
            // Where nothing was found, another lane may have been offered, or none is any more, while that was decided.
            if asked.map({ onTurn?($0) ?? false }) != true { offers.remove(lane) }
        }
        loop.setImmediate { [self] in serve() }
    }
}

/// Lanes in which there may be something for those in line, each once, in the order in which they were offered.
struct OfferedLanes {
    private var order = Deque<LaneName>()
    private var names: Set<LaneName> = []

    var first: LaneName? { order.first }

    mutating func add(_ lane: LaneName) {
        if names.insert(lane).inserted { order.append(lane) }
    }

    /// Takes a lane out if it is the first one.
    mutating func remove(_ lane: LaneName) {
        if order.first == lane { names.remove(order.removeFirst()) }
    }
}
