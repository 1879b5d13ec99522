import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("Signals")
struct SignalTests {
    @Test("A watcher is called for each signal it watches, in the poll phase, with its ticks after it")
    func watching() async {
        let log = Log()
        _ = await withLoop { loop in
            let keepAlive = loop.setTimeout(.seconds(30)) {}
            try SignalWatcher(.user1) {
                log("user1")
                loop.nextTick { log("tick") }
                kill(getpid(), SIGUSR2)
            }
            try SignalWatcher(.user2) {
                log("user2")
                keepAlive.cancel()
            }
            kill(getpid(), SIGUSR1)
            log("sent")
        }
        #expect(log.lines == ["sent", "user1", "tick", "user2"])
    }

    @Test("A watcher does not keep the loop alive")
    func unreferenced() async {
        let log = Log()
        let code = await withLoop { loop in
            try SignalWatcher(.user1) { log("never") }
            loop.onExit = { _ in log("exit") }
        }
        #expect(code == 0 && log.lines == ["exit"])
    }

    @Test("Two watchers of one signal are both called; a cancelled one is not, also when it cancels itself")
    func cancelling() async {
        let log = Log()
        _ = await withLoop { loop in
            let keepAlive = loop.setTimeout(.seconds(30)) {}
            var first: SignalWatcher?
            first = try SignalWatcher(.user1) {
                log("first")
                first?.cancel()
                first?.cancel()
            }
            var count = 0
            try SignalWatcher(.user1) {
                log("second")
                count += 1
                if count == 1 { kill(getpid(), SIGUSR1) } else { keepAlive.cancel() }
            }
            kill(getpid(), SIGUSR1)
        }
        #expect(log.lines.sorted() == ["first", "second", "second"])
        #expect(log.lines.last == "second")
    }

    @Test("Cancelling restores what the signal did before, and so does the loop's end")
    func restoring() async {
        await #expect(processExitsWith: .signal(SIGUSR1)) {
            _ = EventLoop.run { loop in
                let watcher = try SignalWatcher(.user1) { loop.exit(1) }
                watcher.cancel()
                loop.setImmediate { die(of: SIGUSR1) }
            }
        }
        await #expect(processExitsWith: .signal(SIGUSR2)) {
            _ = EventLoop.run { _ in try SignalWatcher(.user2) {} }
            die(of: SIGUSR2)
        }
    }

    @Test("A signal that cannot be caught is refused", arguments: [SIGKILL, SIGSTOP, 0, -1, 1_000])
    func uncatchable(number: Int32) async {
        let log = Log()
        _ = await withLoop { _ in
            do throws(LoopError) {
                try SignalWatcher(Signal(rawValue: number)) {}
            } catch {
                log("\(error.name) \(error.call)")
            }
        }
        #expect(log.lines == ["EINVAL uv_signal_start"])
    }

    @Test("A signal during the last callback of a loop does not harm its end")
    func signalAtTheEnd() async {
        let log = Log()
        for _ in 0..<20 {
            let code = await withLoop { loop in
                // A signal that does nothing by itself: it may arrive on another thread, when the loop has ended.
                try SignalWatcher(Signal(rawValue: SIGWINCH)) { log("never") }
                loop.setImmediate {
                    kill(getpid(), SIGWINCH)
                    loop.exit(3)
                }
            }
            #expect(code == 3)
        }
        #expect(log.lines.isEmpty)
    }
}

/// Sends the signal, and waits for it: it may be another thread that gets it.
private func die(of signal: Int32) {
    kill(getpid(), signal)
    sleep(10)
}
