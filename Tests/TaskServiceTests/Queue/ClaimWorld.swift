import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

/// The client of a claim, which takes its answer, or goes, when the test says so.
@LoopActor
final class TestClient: ClaimClient {
    private(set) var timesAsked = 0
    private(set) var isWaiting = false
    private(set) var isLast = false
    private(set) var isFinished = false
    private var onClosed: (() throws -> Void)?
    private var onFlushed: ((Bool) -> Void)?

    /// What is asked for in the client's name needs it each time.
    var requestName: RequestName {
        timesAsked += 1
        return "claim"
    }

    func whenClosed(_ body: @escaping () throws -> Void) { onClosed = body }
    func whenFlushed(_ body: @escaping (_ isTaken: Bool) -> Void) { onFlushed = body }
    func beginToWait() { isWaiting = true }
    func endWait() { isWaiting = false }
    func endConnection() { isLast = true }

    /// The system was given the answer, and has taken it or has not.
    func flush(isTaken: Bool) { onFlushed.take()?(isTaken) }

    /// The answer is done with.
    func close(isFinished: Bool) throws {
        self.isFinished = isFinished
        try onClosed.take()?()
    }
}

/// Claims on a board whose log answers when the test says so.
@LoopActor
final class ClaimWorld {
    let log = StubbornLog(hasOneWriter: false)
    let clock: ManualClock
    let board: TaskBoard
    let claims: Claims<TestClient>
    /// What the claims were answered with.
    private(set) var answers: [String] = []
    private(set) var replays = 0
    private var clients: [String: TestClient] = [:]

    init(_ clock: ManualClock) {
        self.clock = clock
        board = TaskBoard(log)
        log.load { [board] result in if let start = try? result.get() { board.begin(with: start) } }
        claims = Claims(board)
        claims.onReplay = { [unowned self] _ in replays += 1 }
    }

    /// What the events that were appended tell of claims, in their order.
    var causes: [TaskEvent.Cause.Kind] { log.appended.joined().compactMap(\.cause?.kind) }

    func create(_ title: String) throws {
        var fields = TaskFields()
        try fields.set(title: title)
        submit(.create(board.nextID(at: Timestamp(milliseconds: 0)), fields))
    }

    func submit(_ action: TaskCommand.Action) {
        board.submit(TaskCommand(action, requestID: "test", timestamp: Timestamp(milliseconds: 0))) { _ in }
    }

    func ask(
        _ name: String, worker: PlainText = "w", key: PlainText? = nil, wait: Duration = .seconds(20)
    ) {
        let client = TestClient()
        clients[name] = client
        claims.ask(Claim(worker: worker, key: key), waiting: wait, for: client) { [unowned self] outcome in
            answers.append("\(name): \(Self.text(outcome))")
        }
    }

    /// The client whose claim was asked for under that name.
    subscript(name: String) -> TestClient { clients[name, default: TestClient()] }

    private static func text(_ outcome: ClaimOutcome) -> String {
        switch outcome {
        case .tasks(let tasks, let isReplayed):
            tasks.map(\.task.title).joined(separator: ",") + (isReplayed ? " again" : "")
        case .none: "nothing"
        case .refused(let error): error.code
        case .full: "full"
        case .stopping: "stopping"
        case .failed: "failed"
        }
    }
}

/// Does one step after the other, each in a turn of the loop of its own: changes are appended at the end of a turn.
func withClaims(_ steps: (@LoopActor (ClaimWorld) throws -> Void)...) async {
    let clock = ManualClock()
    let code = await withLoop(clock: .manual(clock)) { loop in
        let world = ClaimWorld(clock)
        @LoopActor func go(on steps: ArraySlice<@LoopActor (ClaimWorld) throws -> Void>) throws {
            guard let step = steps.first else { return }
            try step(world)
            loop.setImmediate { try go(on: steps.dropFirst()) }
        }
        try go(on: steps[...])
    }
    #expect(code == 0)
}
