import TaskEngine
import TaskStorage
import UVCore

/// A claim that was asked for, and the client that waits for what becomes of it.
///
/// Ten thousand of them may wait: it knows its owner, so that each callback has to hold nothing but the claim.
@LoopActor
final class AskedClaim<Client: ClaimClient>: Claimant {
    nonisolated let claim: Claim
    let client: Client
    /// It lives as long as the server.
    private unowned let owner: Claims<Client>
    /// Nil once it was called, or the client has gone.
    private(set) var answer: ((ClaimOutcome) -> Void)?
    /// How long it may still begin to wait; zero where its time is over.
    private(set) var wait: Duration
    private var timer: Timeout?
    /// The place that another has left to it.
    var inheritedPlace: ClaimDesk<AskedClaim>.Ticket?
    /// Where it stands in line; nil while it does not.
    var ticket: ClaimDesk<AskedClaim>.Ticket?
    /// Whether the system was given as much of the answer as it took at once.
    var isFlushed = false
    /// What the client is given; nil when it is known to have it, or not to get it.
    var given: [ClaimedTask]?

    init(
        _ claim: Claim, waiting wait: Duration, for client: Client, owner: Claims<Client>,
        _ answer: @escaping (ClaimOutcome) -> Void
    ) {
        self.claim = claim
        self.wait = wait
        self.client = client
        self.owner = owner
        self.answer = answer
        client.whenClosed { [self] in self.owner.close(self) }
    }

    var isOver: Bool { wait <= .zero }

    /// Whether the client has gone, and nothing lies ready for it.
    var hasLeft: Bool { answer == nil && given == nil }

    /// Lets its time pass from now on.
    func beginToWait(on loop: EventLoop) {
        // The loop counts from the millisecond that has begun, and a client is not to be told early that there was nothing.
        timer = loop.wait(wait + .milliseconds(1)) { [self] in
            wait = .zero
            owner.giveUp(self)
        }.unref()
    }

    func end(_ outcome: ClaimOutcome) {
        timer?.cancel()
        timer = nil
        answer.take()?(outcome)
    }

    /// The client has gone.
    func leave() {
        timer?.cancel()
        answer = nil
    }
}

/// What becomes of a claim.
enum ClaimOutcome {
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
