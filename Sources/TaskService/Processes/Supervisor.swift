public import Logging
public import UVCore

/// The parent of the processes that serve: it does what ``Supervision`` says, and tells it what happens.
///
/// It keeps the sockets, a slot's each, that its processes listen with. So what waits to be accepted waits for the next
/// process when one has ended, and goes on waiting when one is replaced. It has no store and answers nothing.
@LoopActor
public final class Supervisor {
    private let configuration: Configuration
    private let log: Logger
    private let loop = EventLoop.current
    private var supervision: Supervision
    private var sockets: [BoundSocket] = []
    private var processes: [Supervision.Child: ChildProcess] = [:]

    private init(_ configuration: Configuration, _ log: Logger) {
        (self.configuration, self.log) = (configuration, log)
        supervision = Supervision(count: configuration.processes ?? 1)
    }

    /// Runs as many processes as `configuration` says, each as this one was started, until a signal ends them.
    ///
    /// - Returns: The code to exit with: 0 when all have ended well, 1 when not, or when none could be started.
    public nonisolated static func run(_ configuration: Configuration, log: Logger) -> Int32 {
        EventLoop.run { _ in try Supervisor(configuration, log).start() }
    }

    private func start() throws(LoopError) {
        // Looked up before anything can have moved it: later processes are of the file that is there then.
        _ = ChildProcess.ownPath
        for signal in [Signal.terminate, .interrupt, .hangUp] where signal != .hangUp || !signal.isIgnored {
            try SignalWatcher(signal) { [self] in
                log.info("Stopping on \(signal)")
                follow(supervision.stop())
            }
        }
        try SignalWatcher(.user2) { [self] in follow(supervision.replace(at: now)) }
        find(configuration.host) { [self] host in
            do throws(LoopError) {
                guard let address = SocketAddress(host: host, port: configuration.port) else { return loop.exit(1) }
                sockets = try BoundSocket.several(supervision.slots.count, at: address)
                follow(supervision.start(at: now))
            } catch {
                giveUp(error)
            }
        }
    }

    /// The first address of a name.
    private func find(_ host: String, _ found: @escaping (String) -> Void) {
        if SocketAddress(host: host, port: 0) != nil { return found(host) }
        DNS.lookup(host) { [self] result in
            switch result {
            case .success(let addresses): found(addresses[0].host)
            case .failure(let error): giveUp(error)
            }
        }
    }

    private func giveUp(_ error: LoopError) {
        log.error("Cannot listen on \(configuration.host):\(configuration.port): \(error.message)")
        loop.exit(1)
    }
}

// MARK: - What is to be done

extension Supervisor {
    private var now: Duration { .milliseconds(loop.now) }

    private func follow(_ actions: [Supervision.Action]) {
        for action in actions {
            switch action {
            case .start(let child): start(child)
            case .rest(let slot, let time): loop.wait(time) { [self] in follow(supervision.didRest(slot, at: now)) }
            case .tell(let child, let order):
                processes[child]?.channel?.write([order.byte])
                kill(child, ifThereAfter: patience(with: order))
            case .letGo: sockets = []
            case .exit(let code): loop.exit(code)
            case .note(let note): write(note)
            }
        }
    }

    /// How long a process may take to end that is told to: one that takes longer hangs, or was stopped.
    private func patience(with order: ProcessOrder) -> Duration {
        switch order {
        case .retire: configuration.grace + .seconds(6)
        case .stop(level: 1): configuration.drain + configuration.grace + .seconds(5)
        case .stop(level: 2): .seconds(5)
        case .stop: .milliseconds(500)
        }
    }

    private func kill(_ child: Supervision.Child, ifThereAfter time: Duration) {
        loop.wait(time) { [self] in
            guard let process = processes[child] else { return }
            log.error("\(name(of: child)) does not end: it is killed")
            process.kill(.kill)
        }.unref()
    }

    private func start(_ child: Supervision.Child) {
        var options = ChildProcess.Options()
        options.hasChannel = true
        options.descriptors = [sockets[child.slot].descriptor].compactMap(\.self)
        options.variables = [(ParentLink.variable, "\(child.slot + 1)")]
        let process = ChildProcess.run(
            ChildProcess.ownPath, Array(CommandLine.arguments.dropFirst()), collecting: false, options: options
        ) { [self] result in didEnd(child, Supervision.End(result)) }
        processes[child] = process
        process.channel?.onData = { [self] bytes in
            if bytes.contains(ParentLink.ready) { follow(supervision.didBecomeReady(child, at: now)) }
        }
    }

    private func didEnd(_ child: Supervision.Child, _ end: Supervision.End) {
        follow(supervision.didEnd(child, end, at: now))
        processes[child] = nil
    }
}

extension Supervision.End {
    fileprivate init(_ result: Result<ChildProcess.Outcome, LoopError>) {
        switch result {
        case .success(let outcome):
            // As a shell has it; no program of ours returns such a code by itself.
            let isSignal = outcome.exitCode > 128
            self = isSignal ? .signal(Signal(rawValue: outcome.exitCode - 128)) : .code(outcome.exitCode)
        case .failure(let error): self = .notStarted(error)
        }
    }
}

// MARK: - What the log says

extension Supervisor {
    private func write(_ note: Supervision.Note) {
        switch note {
        case .lost(let child, let end, let next?):
            log.error("\(name(of: child)) \(end); another one starts in \(next.wholeMilliseconds) ms")
        case .lost(let child, let end, nil):
            log.error("\(name(of: child)) \(end)")
        case .stayed(let child, let end):
            log.error("\(name(of: child)) \(end) before it was ready: the others are not replaced")
        case .givesUp(let slot):
            log.error("No process of slot \(slot + 1) became ready, of \(Supervision.Slot.deathLimit.count): giving up")
        case .replacing: log.info("Replacing the processes")
        case .replaced: log.info("All processes were replaced")
        }
    }

    private func name(of child: Supervision.Child) -> String {
        let number = processes[child]?.lastProcessID.map { " \($0)" } ?? ""
        return "Process\(number) of slot \(child.slot + 1)"
    }
}

extension Supervision.End: CustomStringConvertible {
    /// The rest of a sentence that begins with the process.
    var description: String {
        switch self {
        case .code(let code): "has ended with code \(code)"
        case .signal(let signal): "was ended by \(signal)"
        case .notStarted(let error): "was not started: \(error.message)"
        }
    }
}
