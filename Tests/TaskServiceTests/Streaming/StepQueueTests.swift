import LoopTesting
import Testing
import UVCore

@testable import TaskService

@Suite("Long work in pieces")
struct StepQueueTests {
    /// A clock that says one millisecond more each time it is asked.
    @LoopActor
    private final class Ticking {
        private var now = ContinuousClock.now

        func callAsFunction() -> ContinuousClock.Instant {
            now += .milliseconds(1)
            return now
        }
    }

    @Test("A turn takes up pieces for two milliseconds, in a circle, and other callbacks come between two turns")
    func turns() async {
        let said = Log()
        _ = await withLoop { loop in
            let clock = Ticking()
            let queue = StepQueue { clock() }
            for name in ["a", "b", "c"] {
                var left = 2
                queue.add {
                    said(name)
                    left -= 1
                    return left > 0
                }
            }
            @LoopActor func other(_ times: Int) {
                guard times > 0 else { return }
                loop.setImmediate {
                    said("-")
                    other(times - 1)
                }
            }
            other(3)
        }
        // A look at the clock before the first piece, and one after each: two pieces fit.
        #expect(said.lines == ["a", "b", "-", "c", "a", "-", "b", "c", "-"])
    }

    @Test("A piece that is added by a piece is done, too")
    func adding() async {
        let said = Log()
        _ = await withLoop { _ in
            let queue = StepQueue()
            queue.add {
                queue.add {
                    said("inner")
                    return false
                }
                said("outer")
                return false
            }
        }
        #expect(said.lines == ["outer", "inner"])
    }
}
