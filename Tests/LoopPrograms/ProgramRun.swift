import UVCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// One run of a program.
///
/// After each timeout it lets time pass, so that whatever waits is due when the loop looks next: what is compared is the
/// order, never the speed of the machine.
@LoopActor
final class ProgramRun {
    private let program: Program
    private let loop: EventLoop

    private var timeouts: [Substring: Timeout] = [:]
    private var immediates: [Substring: Immediate] = [:]

    /// The targets of the signals that are on their way.
    private var signalled: [Substring] = []
    private var calls: [Substring: Int] = [:]
    private var dryRounds = 0

    init(_ program: Program, on loop: EventLoop) {
        self.program = program
        self.loop = loop
    }

    /// Sets the handlers and runs `main`.
    func begin() throws {
        if program["uncaught"] != nil { loop.onUncaughtError = { [self] in say("uncaught \($0)") } }
        loop.onBeforeExit = { [self] code in
            say("before-exit \(code)")
            dryRounds += 1
            if dryRounds < 3 { try call("before-exit-\(dryRounds)") }
        }
        loop.onExit = { [self] code in
            say("exit \(code)")
            try call("at-exit")
        }
        try SignalWatcher(.user2) { [self] in try call(signalled.removeFirst()) }
        try call("main")
    }

    /// Says that `name` was called. The first time it also does what the program has for it.
    private func call(_ name: Substring) throws {
        let count = calls[name, default: 0] + 1
        calls[name] = count
        say("\(name) \(count)")
        guard count == 1 else { return }
        for step in program[name] ?? [] {
            switch step.action {
            case .throw: throw Failure(description: "from \(name)")
            case .exit: return loop.exit(3)
            case .setExitCode: loop.exitCode = 4
            case .cancel, .refresh, .ref, .unref: change(step)
            default: schedule(step)
            }
        }
    }

    private func schedule(_ step: Step) {
        let target = step.target
        let callback = { [self] in try call(target) }
        switch step.action {
        case .tick: loop.nextTick(callback)
        case .microtask: loop.queueMicrotask(callback)
        case .immediate: immediates[target] = loop.setImmediate(callback)
        case .looseImmediate: immediates[target] = loop.setImmediate(callback).unref()
        case .timeout: keep(loop.setTimeout(.milliseconds(1), callback), for: target)
        case .longTimeout: keep(loop.setTimeout(.milliseconds(2), callback), for: target)
        case .looseTimeout: keep(loop.setTimeout(.milliseconds(1), callback).unref(), for: target)
        case .interval: keep(loop.setInterval(.milliseconds(1)) { [self] in try repeatTwice(target) }, for: target)
        case .stat:
            FileSystem.stat("/") { _ in try callback() }
            letTimePass(milliseconds: 50)
        case .signal:
            signalled.append(target)
            kill(getpid(), Signal.user2.rawValue)
        default: break
        }
    }

    private func change(_ step: Step) {
        let (timeout, immediate) = (timeouts[step.target], immediates[step.target])
        switch step.action {
        case .cancel:
            timeout?.cancel()
            timeouts[step.target] = nil
            immediate?.cancel()
        case .ref:
            timeout?.ref()
            immediate?.ref()
        case .unref:
            timeout?.unref()
            immediate?.unref()
        case .refresh:
            // Not for ever: its callback may be what refreshes it.
            guard let timeout, calls[step.target, default: 0] < 3 else { return }
            keep(timeout.refresh(), for: step.target)
        default: break
        }
    }

    private func keep(_ timeout: Timeout, for target: Substring) {
        timeouts[target] = timeout
        letTimePass(milliseconds: 3)
    }

    private func repeatTwice(_ target: Substring) throws {
        letTimePass(milliseconds: 3)
        if calls[target] == 1 { timeouts[target]?.cancel() }
        try call(target)
    }

    private func letTimePass(milliseconds: UInt32) { usleep(milliseconds * 1_000) }

    private func say(_ line: String) { StandardStream.output.write(line + "\n") }
}

private struct Failure: Error, CustomStringConvertible {
    let description: String
}
