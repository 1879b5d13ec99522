import TaskStorage
import UVCore

extension Chore {
    /// Does it as a program of its own, and returns the code to exit with: 0; 1 when it could not be done; 2 when a check
    /// has found a difference; for a signal that has ended it 128 and its number, as a shell says.
    ///
    /// The loop hears signals, while a thread does the work and waits for disks and pipes.
    public nonisolated func run(on store: String) -> Int32 {
        EventLoop.run { loop in
            let interruption = Interruption()
            var signal: Signal?
            try Self.watch { number in
                signal = number
                interruption.request()
            }
            let thread = try DedicatedThread()
            thread.run {
                Result { () throws(UpkeepError) in try perform(on: store, until: interruption) }
            } then: { result in
                thread.close()
                loop.exit(Self.report(result, signal))
            }
        }
    }

    /// Calls `onSignal` with the first signal that asks for an end. The next one ends the program as it is.
    @LoopActor
    private static func watch(_ onSignal: @escaping (Signal) -> Void) throws(LoopError) {
        var watchers: [SignalWatcher] = []
        for signal in [Signal.interrupt, .terminate, .hangUp] where !signal.isIgnored {
            watchers.append(
                try SignalWatcher(signal) {
                    for watcher in watchers { watcher.cancel() }
                    onSignal(signal)
                })
        }
    }

    /// Says what has come of it.
    private static func report(_ result: Result<Outcome, UpkeepError>, _ signal: Signal?) -> Int32 {
        switch result {
        case .success(.done(let text)): say(text.map { [$0] } ?? []) ? 0 : 1
        case .success(.differs(let lines)): say(lines) ? 2 : 1
        case .failure(.interrupted): signal.map { 128 + $0.rawValue } ?? 1
        // As behind `head`, where nothing is wrong, but not all was written either.
        case .failure(.unread): 1
        case .failure(.failed(let message)): fail(message)
        }
    }

    private static func say(_ lines: [String]) -> Bool {
        let text = lines.map { $0.escapingControls + "\n" }.joined()
        return StandardStream.output.writeAll(Array(text.utf8)) || fail("standard output takes nothing") == 0
    }

    private static func fail(_ message: String) -> Int32 {
        StandardStream.error.write("Error: \(message.escapingControls)\n")
        return 1
    }
}
