import TaskEngine
import TaskStorage
import UVCore

/// The tasks, and the one way to change them: decided, kept by the log, applied, answered, told to all listeners.
@LoopActor
final class TaskBoard {
    /// Called with each event, in the order of the log, when it was applied and its command was answered.
    var onEvent: ((TaskEvent) -> Void)?

    // What each change touches is unchecked for exclusive access: the log, the answer and the listeners are called when it
    // has changed, and the log that is called while it does knows no board.
    @exclusivity(unchecked) private var ledger: TaskLedger
    private let eventLog: any EventLog
    /// The log, if no change has to wait for it.
    private let immediateLog: (any ImmediateLog)?
    @exclusivity(unchecked) private var ids: TaskIDGenerator
    @exclusivity(unchecked) private var random = RandomBits()

    /// How many changes may wait for the log; one beyond is refused at once.
    static let waitingLimit = 10_000
    /// How many bytes the events of changes that wait may have before no other change is taken.
    static let waitingBytesLimit = 64 << 20
    private var waiting = (changes: 0, bytes: 0)

    /// - Parameter store: The fold of the log so far.
    init(_ eventLog: any EventLog, store: TaskStore = TaskStore()) {
        self.eventLog = eventLog
        immediateLog = eventLog as? any ImmediateLog
        ledger = TaskLedger(store: store)
        ids = TaskIDGenerator(after: store.lastID)
    }

    /// What is committed, and so what reads see. To be looked at and let go of: see `TaskStore` on copies.
    var store: TaskStore { ledger.store }

    /// An id for a new task, which no client can guess from another.
    func nextID(at time: Timestamp) -> TaskID {
        ids.next(at: time, random: random.next())
    }

    /// Decides a command and answers it when the log has kept what follows from it.
    ///
    /// - Parameter answer: Called with the outcome, or with why there is none. At once if the log keeps events at once, if
    ///   nothing is to be kept and nothing that is not kept yet was looked at, and if too much waits for the log.
    func submit(_ command: TaskCommand, _ answer: @escaping (Result<Decision.Outcome, LogError>) -> Void) {
        if let immediateLog {
            let decision = ledger.settle(command, keepingBy: immediateLog.keep)
            return conclude(decision, answer)
        }
        guard waiting.changes < Self.waitingLimit, waiting.bytes < Self.waitingBytesLimit else {
            return answer(.failure(LogError("too many changes wait for the log")))
        }
        let decision = ledger.decide(command)
        if decision.isSettled { return answer(.success(decision.outcome)) }
        let bytes = decision.events.reduce(0) { $0 + $1.memory }
        waiting = (waiting.changes + 1, waiting.bytes + bytes)
        eventLog.append(decision.events) { [self] result in
            waiting = (waiting.changes - 1, waiting.bytes - bytes)
            switch result.flatMap({ commit(decision) }) {
            case .success: conclude(decision, answer)
            case .failure(let error):
                ledger.fail(decision)
                answer(.failure(error))
            }
        }
    }

    private func commit(_ decision: Decision) -> Result<Void, LogError> {
        guard ledger.commit(decision) else {
            return .failure(LogError("what the change was decided on was not kept"))
        }
        return .success(())
    }

    /// The client hears first, then the listeners.
    private func conclude(_ decision: Decision, _ answer: (Result<Decision.Outcome, LogError>) -> Void) {
        answer(.success(decision.outcome))
        guard let onEvent else { return }
        for event in decision.events { onEvent(event) }
    }
}
