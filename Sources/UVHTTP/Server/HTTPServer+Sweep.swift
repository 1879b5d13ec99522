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

    /// A connection that has something to read is read before it is judged. Time in which the loop stood still, because
    /// a callback took long or the process was stopped, counts against no client.
    private func scheduleSweep() {
        let time = timeToSweep
        let due = loop.takeTime() + time.wholeMilliseconds
        sweep = Deadline(after: time, on: loop, keepsLoopAlive: false) { [self] in
            let late = loop.now - due
            // A copy: connections leave the list while it is walked.
            look(at: state.connections[...], standstill: late > Self.usualLateness ? late : 0)
        }
    }

    /// Looks at these connections, at some in each turn of the loop: thousands that have opened together end together, and
    /// the others would wait while each is told why.
    private func look(at connections: ArraySlice<HTTPConnection>, standstill: Int64) {
        var rest = connections
        let end = loop.preciseTime + state.limits.waitingTimePerTurn.wholeNanoseconds
        while let connection = rest.popFirst() {
            // One that has left the list since then has ended.
            if connection.state.index != nil { connection.checkTime(loop.now, standstill) }
            if loop.preciseTime >= end, !rest.isEmpty { return lookOn(at: rest, standstill) }
        }
        clearUsedExchanges()
        scheduleSweep()
    }

    private func lookOn(at rest: ArraySlice<HTTPConnection>, _ standstill: Int64) {
        sweep = Deadline(after: .milliseconds(1), on: loop, keepsLoopAlive: false) { [self] in
            look(at: rest, standstill: standstill)
        }
    }

    /// How late a sweep may be on a loop that only has much to do. In milliseconds.
    private static let usualLateness: Int64 = 1_000

    /// Idle connections are closed when it was announced, whatever the interval is; but not one by one, which would be
    /// a walk over all of them each.
    private var timeToSweep: Duration {
        guard let idleEnd = state.connections.lazy.compactMap(\.idleEnd).min() else {
            return connectionsCheckingInterval
        }
        let rest = Duration.milliseconds(max(idleEnd - loop.now, 0))
        return min(max(rest, .milliseconds(100)), connectionsCheckingInterval)
    }
}
