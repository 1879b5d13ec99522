import UVCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The loop's own words.
///
/// After each timeout time passes, so that whatever waits is due when the loop looks next: what is compared is the order,
/// never the speed of the machine.
@LoopActor
final class LoopWords: Vocabulary {
    private let run: ProgramRun
    private let loop: EventLoop

    private var timeouts: [Substring: Timeout] = [:]
    private var immediates: [Substring: Immediate] = [:]

    /// The targets of the signals that are on their way.
    private var signalled: [Substring] = []

    init(of run: ProgramRun, on loop: EventLoop) throws {
        self.run = run
        self.loop = loop
        try SignalWatcher(.user2) { [self] in try run.call(signalled.removeFirst()) }
    }

    var words: [Substring: (Substring) throws -> Void] {
        queues.merging(timers) { first, _ in first }.merging(changes) { first, _ in first }
    }

    /// What asks for a call by a queue, or by the poll phase.
    private var queues: [Substring: (Substring) throws -> Void] {
        let (run, loop) = (run, loop)
        return [
            "tick": { target in loop.nextTick { try run.call(target) } },
            "microtask": { target in loop.queueMicrotask { try run.call(target) } },
            "immediate": { [self] target in immediates[target] = loop.setImmediate { try run.call(target) } },
            "loose-immediate": { [self] target in
                immediates[target] = loop.setImmediate { try run.call(target) }.unref()
            },
            "stat": { target in
                FileSystem.stat("/") { _ in try run.call(target) }
                run.letTimePass(milliseconds: 50)
            },
            "signal": { [self] target in
                signalled.append(target)
                kill(getpid(), Signal.user2.rawValue)
            },
        ]
    }

    private var timers: [Substring: (Substring) throws -> Void] {
        let (run, loop) = (run, loop)
        return [
            "timeout": { [self] target in
                keep(loop.setTimeout(.milliseconds(1)) { try run.call(target) }, for: target)
            },
            "long-timeout": { [self] target in
                keep(loop.setTimeout(.milliseconds(2)) { try run.call(target) }, for: target)
            },
            "loose-timeout": { [self] target in
                keep(loop.setTimeout(.milliseconds(1)) { try run.call(target) }.unref(), for: target)
            },
            "interval": { [self] target in
                keep(loop.setInterval(.milliseconds(1)) { [self] in try repeatTwice(target) }, for: target)
            },
        ]
    }

    private var changes: [Substring: (Substring) throws -> Void] {
        [
            "cancel": { [self] target in
                timeouts.removeValue(forKey: target)?.cancel()
                immediates[target]?.cancel()
            },
            "ref": { [self] target in
                timeouts[target]?.ref()
                immediates[target]?.ref()
            },
            "unref": { [self] target in
                timeouts[target]?.unref()
                immediates[target]?.unref()
            },
            "refresh": { [self] target in
                // Not for ever: its callback may be what refreshes it.
                guard let timeout = timeouts[target], run.count(of: target) < 3 else { return }
                keep(timeout.refresh(), for: target)
            },
        ]
    }

    private func keep(_ timeout: Timeout, for target: Substring) {
        timeouts[target] = timeout
        run.letTimePass(milliseconds: 3)
    }

    private func repeatTwice(_ target: Substring) throws {
        run.letTimePass(milliseconds: 3)
        if run.count(of: target) == 1 { timeouts[target]?.cancel() }
        try run.call(target)
    }
}
