import CLibUV

/// The time without traffic, and probes of a peer that is silent.
extension Socket {
    /// Called when nothing was read and nothing written for the ``idleTime``, as Node's `timeout` event. It closes
    /// nothing: what it means is the program's to say.
    public var onTimeout: (() throws -> Void)? {
        get { extras?.onTimeout }
        set { if newValue != nil || extras != nil { makeExtras().onTimeout = newValue } }
    }

    /// After how long without traffic ``onTimeout`` is called; nil, as at first, for never.
    public var idleTime: Duration? {
        get { extras?.idle?.delay }
        set { setTimeout(newValue) }
    }

    /// Has ``onTimeout`` called when nothing was read and nothing written for `idle`; once, and again after more
    /// traffic. Node's `socket.setTimeout`.
    ///
    /// The time begins with the call, and anew when bytes have come in, when the system has taken bytes, and when the
    /// connection opens: so it bounds connecting too. It does not keep the loop alive. A read or a write costs O(1) more.
    /// - Parameter idle: As long as asked, from 1 ms on; nil or zero ends it.
    public func setTimeout(_ idle: Duration?) {
        let wasTimed = idleTime != nil
        extras?.idle?.cancel()
        extras?.idle = nil
        if let idle, idle > .zero, !isDestroyed {
            let extras = makeExtras()
            extras.bytesInFlight = state.bytesInFlight
            extras.idle = loop.wait(idle) { [unowned self] in try didIdle() }.unref()
        }
        if (idleTime != nil) == wasTimed { return }
        if idleTime == nil { state.owed.remove(.refresh) } else { state.owed.insert(.refresh) }
        restartReading()
    }

    /// Lets the system probe a peer that is silent, and breaks the connection (`ETIMEDOUT`) when it does not answer, as
    /// one whose machine is gone would not. See `uv_tcp_keepalive`.
    ///
    /// The tenth probe that is not answered is the end; they are a second apart. A Unix domain socket has no probes.
    /// - Parameters:
    ///   - isEnabled: False ends the probes.
    ///   - initialDelay: How long the peer has to be silent, in whole seconds, rounded up; two hours is what systems
    ///     have by themselves.
    public func setKeepAlive(_ isEnabled: Bool = true, initialDelay: Duration = .seconds(7_200)) {
        guard !isDestroyed else { return }
        if state.life == .connecting {
            if isEnabled || extras != nil { makeExtras().probesAfter = isEnabled ? initialDelay : nil }
        } else {
            probe(isEnabled, after: initialDelay)
        }
    }

    /// Fails only on a connection that has broken, which the next read or write reports.
    func probe(_ isEnabled: Bool, after initialDelay: Duration) {
        guard let tcp else { return }
        let (seconds, rest) = initialDelay.components
        // Below the bound there is room for what is rounded up.
        let delay = seconds < Self.longestProbeDelay ? max(1, rest > 0 ? seconds + 1 : seconds) : Self.longestProbeDelay
        uv_tcp_keepalive(tcp, isEnabled ? 1 : 0, UInt32(delay))
    }

    /// What Linux takes at most.
    private nonisolated static let longestProbeDelay: Int64 = 32_767

    /// There was traffic.
    func didMove() {
        guard let extras, let idle = extras.idle else { return }
        extras.bytesInFlight = state.bytesInFlight
        idle.refresh()
    }

    /// The time has passed. As in Node, a write of which the system has taken a part since then is traffic.
    private func didIdle() throws {
        guard let extras, !isDestroyed else { return }
        let waiting = state.bytesInFlight > 0 ? stream.map { uv_stream_get_write_queue_size($0) } ?? 0 : 0
        guard waiting == extras.bytesInFlight else {
            extras.bytesInFlight = waiting
            extras.idle?.refresh()
            return
        }
        try onTimeout?()
    }
}
