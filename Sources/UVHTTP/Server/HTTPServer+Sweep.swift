import UVCore

extension HTTPServer {
    /// One timer looks at all connections; it exists while there are any, and never keeps the loop alive.
    func startSweep() {
        if sweep == nil { scheduleSweep() }
    }

    func stopSweep() {
        sweep?.cancel()
        sweep = nil
    }

    private func scheduleSweep() {
        sweep = loop.setTimeout(timeToSweep) { [self] in
            // A copy: connections leave the list while it is walked.
            for connection in connections { connection.checkTime(loop.now) }
            scheduleSweep()
        }
        sweep?.unref()
    }

    /// Idle connections are closed when it was announced, whatever the interval is; but not one by one, which would be
    /// a walk over all of them each.
    private var timeToSweep: Duration {
        guard let idleEnd = connections.lazy.compactMap(\.idleEnd).min() else { return connectionsCheckingInterval }
        let rest = Duration.milliseconds(max(idleEnd - loop.now, 0))
        return min(max(rest, .milliseconds(100)), connectionsCheckingInterval)
    }
}
