import LoopTesting
import Testing

@testable import UVCore

@Suite("There is a check phase while something waits for it")
struct CheckPhaseTests {
    @Test("Timeouts have none; an immediate has the next one, and the turn behind it is the last that has one")
    func needed() async {
        let code = await withLoop { loop in
            loop.setTimeout(.milliseconds(1)) {
                #expect(!loop.state.hasCheck)
                loop.setImmediate {
                    #expect(loop.state.hasCheck && loop.state.phase == .check)
                    loop.setTimeout(.milliseconds(1)) {
                        // The first one may be of the turn of the immediate.
                        loop.setTimeout(.milliseconds(1)) { #expect(!loop.state.hasCheck) }
                    }
                }
            }
        }
        #expect(code == 0)
    }

    @Test("What is queued while no callback runs is called before the next timeout")
    func outsideCallbacks() async {
        let code = await withLoop { loop in
            var calls: [String] = []
            let handle = try Socket.makeHandle(on: loop)
            loop.setTimeout(.milliseconds(20)) { calls.append("timeout") }
            handle.close {
                #expect(loop.state.depth == 0 && loop.state.phase == .closing)
                loop.nextTick { calls.append("tick") }
                loop.queueMicrotask { calls.append("microtask") }
            }
            loop.onExit = { _ in #expect(calls == ["tick", "microtask", "timeout"]) }
        }
        #expect(code == 0)
    }
}
