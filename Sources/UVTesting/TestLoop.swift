import Synchronization
import UVCore

/// The loop that tests share: it runs on a thread of its own while there is a ``TestClient``, so that tests may wait for it on
/// any thread, and side by side.
enum TestLoop {
    private struct State {
        /// How many clients there are.
        var users = 0
        var isRunning = false
        /// What waits for its end.
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private static let state = Mutex(State())

    /// What is served on it, to be told when an error was thrown that no request is about.
    @LoopActor static var served: [ObjectIdentifier: ServedRouter] = [:]

    /// One client more.
    static func enter() {
        let starts = state.withLock { state in
            state.users += 1
            defer { state.isRunning = true }
            return !state.isRunning
        }
        if starts { startThread(run) }
    }

    /// One client less; the last one ends the loop.
    static func leave() {
        let isLast = state.withLock { state in
            state.users -= 1
            return state.users == 0
        }
        if isLast { EventLoop.execute { endIfUnused() } }
    }

    /// Waits until the loop has ended, once all clients are gone.
    static func ended() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.isRunning { state.waiting.append(continuation) }
                return !state.isRunning
            }
            if isOver { continuation.resume() }
        }
    }

    /// A client may have come since.
    @LoopActor private static func endIfUnused() {
        if state.withLock({ $0.users == 0 }) { EventLoop.current.exit(0) }
    }

    private static func run() {
        repeat {
            _ = EventLoop.run { loop in
                loop.setInterval(.seconds(86_400)) {}
                loop.onUncaughtError = { error in
                    StandardStream.error.write("Uncaught error in a test: \(error)\n")
                    for router in served.values { router.endConnections() }
                }
            }
        } while goesOn()
    }

    /// Whether a client has come while the loop ended; if not, the thread ends.
    private static func goesOn() -> Bool {
        let waiting = state.withLock { state -> [CheckedContinuation<Void, Never>]? in
            guard state.users == 0 else { return nil }
            state.isRunning = false
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting ?? [] { continuation.resume() }
        return waiting == nil
    }
}
