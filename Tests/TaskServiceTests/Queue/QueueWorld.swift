import Logging
import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

/// The work queue of server 5, beside a server 2 that writes to the same log.
@LoopActor
final class QueueWorld {
    let log: StubbornLog
    let clock: ManualClock
    let board: TaskBoard
    let queue: WorkQueue
    /// What the board has told, with where it was decided.
    private(set) var told: [(event: TaskEvent, origin: EventOrigin)] = []
    /// What became of commands.
    private(set) var outcomes: [Decision.Outcome] = []
    /// What the log has kept, as server 2 knows it.
    private var theirs = TaskLedger(server: 2)
    private var time: Int64 = 0

    init(_ clock: ManualClock, others: Set<Int>) {
        self.clock = clock
        let log = StubbornLog(hasOneWriter: false)
        (log.server, log.others) = (5, others)
        self.log = log
        board = TaskBoard(log)
        queue = WorkQueue(board, QueueLimits(), Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        board.onEvent = { [unowned self] event, origin in
            told.append((event, origin))
            try? theirs.follow(event)
            queue.hear(event, from: origin)
        }
        log.load { [queue] result in if let start = try? result.get() { queue.begin(with: start) } }
    }

    func submit(_ action: TaskCommand.Action) {
        board.submit(command(action)) { [unowned self] result in
            if let outcome = try? result.get() { outcomes.append(outcome) }
        }
    }

    private func command(_ action: TaskCommand.Action) -> TaskCommand {
        time += 1
        return TaskCommand(action, requestID: "test", timestamp: Timestamp(milliseconds: time), random: 1 << 63)
    }

    /// Lets server 2 do that, which this one hears of by its append.
    func write(_ actions: [TaskCommand.Action]) {
        var events: [TaskEvent] = []
        var ledger = theirs
        for action in actions {
            let decision = ledger.decide(command(action))
            ledger.commit(decision)
            events += decision.events
        }
        log.write(events)
    }

    /// Appends nothing, so that the log is asked.
    func ask() { submit(.work(.settle(limit: 0))) }

    /// The events that were appended, in their order, those that came behind others again.
    var causes: [TaskEvent.Cause.Kind] { log.appended.joined().compactMap(\.cause?.kind) }

    func task(_ number: Int) -> TaskRecord? { board.store[.queued(number)] }
}

extension TaskID {
    static func queued(_ number: Int) -> TaskID { TaskID(high: UInt64(number) << 16, low: 0) }
}

extension TaskCommand.Action {
    /// Creates the task of that number.
    static func create(_ number: Int, needing needs: [Int] = [], delay: Double? = nil) throws -> Self {
        var fields = TaskFields()
        try fields.set(title: "task \(number)")
        if !needs.isEmpty { try fields.set(dependencies: needs.map(TaskID.queued)) }
        if let delay { try fields.set(delay: delay) }
        return .create(.queued(number), fields)
    }

    static let claim = Self.work(.claim(Claim(worker: "w", lease: .seconds(5), key: "k")))
}

typealias QueueStep = @LoopActor (QueueWorld) throws -> Void

/// The log keeps all that it is asked to keep, until nothing more comes.
let keeping = [QueueStep](repeating: { $0.log.answer() }, count: 12)

/// Server 2 does that.
func writing(_ actions: TaskCommand.Action...) -> [QueueStep] { [{ $0.ask() }, { $0.write(actions) }] + keeping }

/// The time goes on.
func waiting(_ time: Duration) -> [QueueStep] { [{ $0.clock.advance(by: time) }, { _ in }, { _ in }] }

/// Does one step after the other, each in a turn of the loop of its own: changes are appended at the end of a turn.
func withQueue(others: Set<Int> = [2], _ steps: [QueueStep]) async {
    let clock = ManualClock()
    let code = await withLoop(clock: .manual(clock)) { loop in
        let world = QueueWorld(clock, others: others)
        @LoopActor func go(on steps: ArraySlice<QueueStep>) throws {
            guard let step = steps.first else { return }
            try step(world)
            loop.setImmediate { try go(on: steps.dropFirst()) }
        }
        try go(on: steps[...])
    }
    #expect(code == 0)
}
