import LoopTesting
import TaskEngine
import Testing
import UVCore

@testable import TaskService

@Suite("The work queue's one timer")
struct QueueTimerTests {
    private func delayed(_ number: Int, _ delay: Duration) -> TaskRecord {
        let zero = Timestamp(milliseconds: 0)
        var work = WorkState()
        work.due = .delay(delay, since: zero)
        return TaskRecord(
            id: TaskID(high: UInt64(number) << 12, low: 1), title: "a", status: .pending, createdAt: zero,
            updatedAt: zero, revision: number, since: Since(at: 0, by: number), work: work)
    }

    /// A timer, and what it has asked for.
    @LoopActor
    private final class World {
        let timer = QueueTimer(Servers(StubbornLog())) { Timestamp(milliseconds: 0) }
        let clock: ManualClock
        var asked: [(id: UInt64, command: WorkCommand)] = []
        /// How much had been asked for at each look.
        var counts: [Int] = []
        /// Whether what is asked for is kept, by the number of what was asked before.
        var isKept: (Int) -> Bool = { _ in true }

        init(_ clock: ManualClock) {
            self.clock = clock
            timer.onDue = { [unowned self] id, command, done in
                asked.append((id.high >> 12, command))
                done(isKept(asked.count - 1))
            }
        }

        func look() { if counts.last != asked.count { counts.append(asked.count) } }
    }

    /// Does one step after the other, each in a turn of the loop of its own.
    private func withTimer(_ steps: (@LoopActor (World) throws -> Void)...) async {
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { loop in
            let world = World(clock)
            @LoopActor func go(on steps: ArraySlice<@LoopActor (World) throws -> Void>) throws {
                guard let step = steps.first else { return }
                try step(world)
                loop.setImmediate { try go(on: steps.dropFirst()) }
            }
            try go(on: steps[...])
        }
        #expect(code == 0)
    }

    @Test("Of much that is due at once a turn of the loop takes 500, and the next one goes on")
    func portions() async {
        await withTimer(
            { world in
                for number in 1...1_200 { world.timer.hear(delayed(number, .seconds(1)), from: .own) }
                world.clock.advance(by: .seconds(2))
            }, { $0.look() }, { $0.look() }, { $0.look() }, { $0.look() }, { $0.look() }, { $0.look() },
            { world in #expect(world.counts.filter { $0 > 0 } == [500, 1_000, 1_200]) })
    }

    @Test("What is due earlier than all others is asked for first, and nothing early; what is gone, not at all")
    func earlier() async {
        await withTimer(
            { world in
                world.timer.hear(delayed(1, .seconds(10)), from: .own)
                world.timer.hear(delayed(2, .seconds(5)), from: .own)
                world.clock.advance(by: .milliseconds(4_999))
            }, { _ in }, { _ in },
            { world in
                #expect(world.asked.isEmpty)
                world.clock.advance(by: .milliseconds(2))
            }, { _ in }, { _ in },
            { world in
                #expect(world.asked.map(\.id) == [2])
                world.timer.forget(TaskID(high: 1 << 12, low: 1))
                world.clock.advance(by: .seconds(60))
            }, { _ in }, { _ in }, { world in #expect(world.asked.map(\.id) == [2]) })
    }

    @Test("What could not be kept is asked for again, until it is")
    func again() async {
        await withTimer(
            { world in
                world.isKept = { $0 == 1 }
                world.timer.hear(delayed(1, .seconds(1)), from: .own)
                world.clock.advance(by: .seconds(2))
            }, { _ in }, { _ in }, { $0.clock.advance(by: .seconds(60)) }, { _ in }, { _ in },
            { $0.clock.advance(by: .seconds(60)) }, { _ in }, { _ in },
            { world in
                #expect(world.asked.count == 2 && world.asked.first?.command == world.asked.last?.command)
            })
    }
}
