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
        var told = TaskStore()
        var random: SeededGenerator
        var answers = (done: 0, refused: 0, unavailable: 0, unknown: 0)
        private var asked = 0
        private var unavailable: Set<String> = []

        init(seed: UInt64, hasOneWriter: Bool) {
            random = SeededGenerator(seed: seed)
            log = RandomLog(seed: seed &+ 1, hasOneWriter: hasOneWriter)
            board = TaskBoard(log)
            log.load { [board] result in if let start = try? result.get() { board.begin(with: start) } }
            board.onEvent = { [unowned self] event in
                do { try told.apply(event) } catch { Issue.record(error, "told out of order") }
            }
        }

        func submit() {
            asked += 1
            let action = random.action(on: board.store, newID: board.nextID(at: Timestamp(milliseconds: 0)))
            let command = TaskCommand(action, requestID: "own-\(asked)", timestamp: Timestamp(milliseconds: 0))
            board.submit(command) { [unowned self] result in check(result, of: command) }
        }

        /// An answer is what the command comes to behind all that listeners were told by now, and nothing else.
        private func check(_ result: Result<Decision.Outcome, LogError>, of command: TaskCommand) {
            switch result {
            case .success(let outcome):
                var command = command
                if case .created(let task) = outcome, case .create(_, let fields) = command.action {
                    #expect(told.lastID.map { task.id > $0 } ?? true, "ids ascend")
                    command = TaskCommand(
                        .create(task.id, fields), requestID: command.requestID, timestamp: command.timestamp)
                }
                var ledger = TaskLedger(store: told)
                #expect(ledger.decide(command).outcome == outcome)
                if case .refused = outcome { answers.refused += 1 } else { answers.done += 1 }
            case .failure(.refused):
                unavailable.insert(command.requestID)
                answers.unavailable += 1
            case .failure(.unknown): answers.unknown += 1
            }
        }

        func conclude(_ seed: UInt64) {
            #expect(answers.done + answers.refused + answers.unavailable + answers.unknown == asked, "seed \(seed)")
            #expect(answers.done > 100 && answers.refused > 20 && answers.unavailable > 20 && answers.unknown > 5)
            #expect(log.hasOneWriter || log.counts.behind > 20)
            #expect(log.kept.allSatisfy { !unavailable.contains($0.requestID) }, "what was not made is not there")
            // What is kept and not yet known here comes with the next append.
            let known = log.kept.prefix(board.store.sequence)
            var fold = TaskStore()
            do { for event in known { try fold.apply(event) } } catch { Issue.record(error) }
            #expect(fold == board.store && told == board.store, "seed \(seed)")
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
