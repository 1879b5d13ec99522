import LoopTesting
import SeededRandom
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("Whatever the log says")
struct LogOutcomesTests {
    /// A board with clients that check each answer.
    @LoopActor
    private final class Desk {
        let log: RandomLog
        let board: TaskBoard
        /// The fold of what listeners were told.
        var told = TaskLedger()
        var random: SeededGenerator
        var answers = (done: 0, repeated: 0, refused: 0, unavailable: 0, unknown: 0)
        private var asked = 0
        private var unavailable: Set<RequestName> = []

        init(seed: UInt64, hasOneWriter: Bool) {
            random = SeededGenerator(seed: seed)
            log = RandomLog(seed: seed &+ 1, hasOneWriter: hasOneWriter)
            board = TaskBoard(log)
            log.load { [board] result in if let start = try? result.get() { board.begin(with: start) } }
            board.onEvent = { [unowned self] event, _ in
                do { try told.follow(event) } catch { Issue.record(error, "told out of order") }
            }
        }

        func submit() {
            let newID = board.nextID(at: Timestamp(milliseconds: 0))
            submit(random.command(on: board.store, newID: newID, requestID: "own-\(asked)"))
        }

        private func submit(_ command: TaskCommand) {
            asked += 1
            board.submit(command) { [unowned self] result in check(result, of: command) }
        }

        /// Asks for the same under the same key again, as a client does that does not know what came of it.
        private func repeatIfKeyed(_ command: TaskCommand) {
            guard case .some = command.key else { return }
            var action = command.action
            if case .create(_, let fields) = action { action = .create(board.nextID(at: command.timestamp), fields) }
            submit(TaskCommand(action, requestID: "own-\(asked)", timestamp: command.timestamp, key: command.key))
        }

        /// An answer is what the command comes to behind all that listeners were told by now, and nothing else.
        private func check(_ result: Result<Decision.Outcome, LogError>, of command: TaskCommand) {
            switch result {
            case .success(let outcome):
                var command = command
                if case .created(let task) = outcome, case .create(_, let fields) = command.action {
                    #expect(told.store.lastID.map { task.id > $0 } ?? true, "ids ascend")
                    command = command.asking(for: .create(task.id, fields))
                }
                var ledger = told
                #expect(ledger.decide(command).outcome == outcome)
                count(outcome)
            case .failure(.refused):
                unavailable.insert(command.requestID)
                answers.unavailable += 1
            case .failure(.unknown):
                answers.unknown += 1
                repeatIfKeyed(command)
            }
        }

        private func count(_ outcome: Decision.Outcome) {
            switch outcome {
            case .refused: answers.refused += 1
            case .repeated: answers.repeated += 1
            default: answers.done += 1
            }
        }

        func conclude(_ seed: UInt64) {
            let count = answers.done + answers.repeated + answers.refused + answers.unavailable + answers.unknown
            #expect(count == asked, "seed \(seed)")
            #expect(answers.done > 100 && answers.refused > 20 && answers.unavailable > 20 && answers.unknown > 5)
            #expect(answers.repeated > 20)
            let keys = log.kept.compactMap(\.key?.name)
            #expect(Set(keys).count == keys.count, "no key makes two changes")
            #expect(log.hasOneWriter || log.counts.behind > 20)
            #expect(log.kept.allSatisfy { !unavailable.contains($0.requestID) }, "what was not made is not there")
            // What is kept and not yet known here comes with the next append.
            let known = log.kept.prefix(board.store.sequence)
            var fold = TaskStore()
            do { for event in known { try fold.apply(event) } } catch { Issue.record(error) }
            #expect(fold == board.store && told.store == board.store, "seed \(seed)")
            #expect(!log.hasOneWriter || known.count == log.kept.count)
        }
    }

    @Test(
        "State is the fold of the log, each client gets one answer, and it is true",
        arguments: [1, 2, 3, 20_261_126] as [UInt64], [true, false])
    func fold(seed: UInt64, hasOneWriter: Bool) async {
        let code = await withLoop { loop in
            let desk = Desk(seed: seed, hasOneWriter: hasOneWriter)
            loop.onExit = { _ in desk.conclude(seed) }
            @LoopActor func turn(_ left: Int) {
                guard left > 0 else { return }
                for _ in 0..<Int.random(in: 0...6, using: &desk.random) { desk.submit() }
                loop.setImmediate { turn(left - 1) }
            }
            turn(400)
        }
        #expect(code == 0)
    }
}
