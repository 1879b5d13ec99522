import SeededRandom
import TaskEngine
import Testing
import UVCore

@testable import TaskStorage

/// A log that several servers write to, which answers what it likes: it fails, is slow, lets others write first, and keeps
/// events of which it says that nothing is known.
@LoopActor
final class RandomLog: EventLog {
    let hasOneWriter: Bool
    let trouble: String? = nil
    var onTrouble: ((String?) -> Void)?
    var onOutcome: ((AppendOutcome) -> Void)?

    /// Every event that was kept, and what they add up to.
    private(set) var kept: [TaskEvent] = []
    private(set) var truth = TaskLedger()
    private(set) var counts = (kept: 0, behind: 0, refused: 0, unknown: 0)
    var random: SeededGenerator
    private var append = UInt64(0)
    private var others = 0
    private let loop = EventLoop.current

    init(seed: UInt64, hasOneWriter: Bool) {
        random = SeededGenerator(seed: seed)
        self.hasOneWriter = hasOneWriter
    }

    private var end: LogPosition {
        LogPosition(epoch: LogEpoch(number: 1), sequence: truth.store.sequence, append: append)
    }

    func open(_ done: @escaping (Result<Void, LogError>) -> Void) { done(.success(())) }

    func load(_ done: @escaping (Result<LogStart, LogError>) -> Void) {
        done(.success(LogStart(store: truth.store, position: end)))
    }

    func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome? {
        if !hasOneWriter, random.once(in: 4) { writeOfOthers() }
        let outcome = outcome(of: events, behind: position)
        if random.once(in: 3) { return outcome }
        loop.setImmediate { [self] in onOutcome?(outcome) }
        return nil
    }

    private func outcome(of events: [TaskEvent], behind position: LogPosition) -> AppendOutcome {
        if random.once(in: 12) {
            counts.refused += 1
            return .failed(.refused("no"))
        }
        guard position == end else {
            counts.behind += 1
            return .behind(Array(kept.dropFirst(position.sequence)), end)
        }
        let isUnknown = random.once(in: 12)
        if !isUnknown || !hasOneWriter && random.once(in: 2) { keep(events) }
        counts.kept += isUnknown ? 0 : 1
        counts.unknown += isUnknown ? 1 : 0
        return isUnknown ? .failed(.unknown("perhaps")) : .kept(end)
    }

    private func keep(_ events: [TaskEvent]) {
        append += 1
        kept += events
        do { for event in events { try truth.follow(event) } } catch { Issue.record(error) }
    }

    /// Another server deletes, changes and creates.
    private func writeOfOthers() {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            others += 1
            let newID = TaskID(high: (truth.store.lastID?.high ?? 0) + 1, low: 0)
            var ledger = truth
            let command = random.command(on: truth.store, newID: newID, requestID: "other-\(others)")
            keep(Array(ledger.decide(command).events))
        }
    }

    func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void) {
        done(.success(.events(Array(kept.dropFirst(sequence).prefix(limit)))))
    }

    func close(_ done: @escaping () -> Void) { done() }
}

extension SeededGenerator {
    /// A command, every other one under a key: of a hundred keys, each most often with the same content.
    mutating func command(on store: TaskStore, newID: TaskID, requestID: RequestName) -> TaskCommand {
        let action = action(on: store, newID: newID)
        let number = UInt64.random(in: 0..<100, using: &self)
        let key = IdempotencyKey(
            name: IdempotencyKey.Fingerprint(high: number, low: 0),
            content: IdempotencyKey.Fingerprint(high: once(in: 8) ? 1 : 0, low: number))
        let time = Timestamp(milliseconds: 0)
        return TaskCommand(action, requestID: requestID, timestamp: time, key: once(in: 2) ? key : nil)
    }

    /// A new task, or a change of one that is there, or of one that is not.
    mutating func action(on store: TaskStore, newID: TaskID) -> TaskCommand.Action {
        let ids = Array(store.tasks().map(\.id).suffix(20)) + [TaskID(high: 1, low: 7)]
        let id = ids.randomElement(using: &self) ?? newID
        var fields = TaskFields()
        try? fields.set(priority: Int.random(in: -2...2, using: &self))
        if once(in: 3) { try? fields.set(dependencies: [ids.randomElement(using: &self) ?? id]) }
        switch Int.random(in: 0..<6, using: &self) {
        case 0, 1:
            if !once(in: 8) { try? fields.set(title: "a task") }
            return .create(newID, fields)
        case 2: return .delete(id)
        case 3:
            let revision = Int.random(in: 0...max(store.sequence, 1), using: &self)
            return .delete(id, expecting: Precondition(required: .listed([revision])))
        default: return .update(id, fields)
        }
    }
}
