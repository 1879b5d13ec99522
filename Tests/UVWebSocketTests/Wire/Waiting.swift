import LoopTesting
import Testing
import UVCore

/// Runs `body` as a task on a loop of its own. Fails when it throws or never ends, and when something it has opened keeps
/// the loop alive behind it.
func onLoop(_ clock: ManualClock? = nil, _ body: @escaping @LoopActor (EventLoop) async throws -> Void) async {
    let log = Log()
    let code = await withLoop(clock: clock.map { .manual($0) } ?? .system) { loop in
        loop.spawn {
            try await body(loop)
            log("done")
        }
    }
    #expect(code == 0, "the loop's exit code")
    #expect(log.lines == ["done"])
}

/// Lets the loop turn until `condition` holds. For two ends on one loop that is a matter of a few turns.
@LoopActor
func until(_ what: String, _ condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
        guard ContinuousClock.now < deadline else { throw Thrown("waited in vain for \(what)") }
        await turns(1)
    }
}

/// Lets the loop turn `count` times: whatever is on its way between two ends arrives.
@LoopActor
func turns(_ count: Int = 10) async {
    for _ in 0..<count {
        await withUnsafeContinuation { continuation in
            EventLoop.current.setImmediate { continuation.resume() }
        }
    }
}
