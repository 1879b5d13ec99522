import LoopTesting
import UVCore

/// Lets the loop turn until `condition` holds.
@LoopActor
func until(_ what: String, _ condition: () -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while !condition() {
        guard ContinuousClock.now < deadline else { throw Thrown("waited in vain for \(what)") }
        await withUnsafeContinuation { continuation in
            EventLoop.current.setImmediate { continuation.resume() }
        }
    }
}
