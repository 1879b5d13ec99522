import CLibUV

/// A signal by its number; `man 7 signal`.
public struct Signal: RawRepresentable, Hashable, Sendable {
    public let rawValue: Int32

    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Ctrl-C.
    public static let interrupt = Signal(rawValue: SIGINT)
    /// What `kill` and service managers send to ask for an end.
    public static let terminate = Signal(rawValue: SIGTERM)
    /// The terminal is gone.
    public static let hangUp = Signal(rawValue: SIGHUP)
    /// What ends a process and cannot be caught.
    public static let kill = Signal(rawValue: SIGKILL)
    /// `SIGUSR1`, which means what a program makes of it.
    public static let user1 = Signal(rawValue: SIGUSR1)
    /// `SIGUSR2`, which means what a program makes of it.
    public static let user2 = Signal(rawValue: SIGUSR2)
}

extension Signal: CustomStringConvertible {
    /// The name, as `SIGTERM`, or the number.
    public var description: String {
        switch self {
        case .interrupt: "SIGINT"
        case .terminate: "SIGTERM"
        case .hangUp: "SIGHUP"
        case .kill: "SIGKILL"
        case .user1: "SIGUSR1"
        case .user2: "SIGUSR2"
        default: "signal \(rawValue)"
        }
    }
}

/// Calls back when the process gets a signal, in place of what the signal would do. As `process.on('SIGTERM', …)` in
/// Node: it does not keep the loop alive, and ends with the loop. It need not be kept: it watches until it is cancelled. See
/// `uv_signal`.
@LoopActor
public final class SignalWatcher: HandleOwner {
    private let handle: Handle
    private var onSignal: (() throws -> Void)?
    private let loop: EventLoop

    /// Starts to watch.
    ///
    /// - Throws: ``LoopError`` for a signal that cannot be caught (`SIGKILL`).
    @discardableResult
    public init(_ signal: Signal, _ onSignal: @escaping () throws -> Void) throws(LoopError) {
        let loop = EventLoop.current
        self.loop = loop
        self.onSignal = onSignal
        handle = try Handle(
            UV_SIGNAL, initialize: { uv_signal_init(loop.raw, $0.assumingMemoryBound(to: uv_signal_t.self)) },
            call: "uv_signal_init")
        handle.owner = self
        handle.unref()
        let status = uv_signal_start(
            handle.pointer(as: uv_signal_t.self),
            { @Sendable raw, _ in
                guard let raw else { return }
                let handle = Handle.wrapper(of: raw)
                LoopActor.assumeIsolated { handle.owner(as: SignalWatcher.self)?.didReceive() }
            }, signal.rawValue)
        if status < 0 {
            handle.close()
            throw LoopError(code: status, call: "uv_signal_start")
        }
    }

    /// Starts to watch; `onSignal` is called with the watcher that it belongs to.
    ///
    /// - Throws: ``LoopError`` for a signal that cannot be caught (`SIGKILL`).
    @discardableResult
    public convenience init(
        _ signal: Signal, _ onSignal: @escaping (SignalWatcher) throws -> Void
    ) throws(LoopError) {
        try self.init(signal) {}
        self.onSignal = { [unowned self] in try onSignal(self) }
    }

    /// Stops watching: the signal does again what it did before.
    public func cancel() {
        handle.close()
        // It usually holds the watcher, which holds it.
        onSignal = nil
    }

    func loopWillEnd() { cancel() }

    private func didReceive() { loop.enter(.signal) { try onSignal?() } }
}
