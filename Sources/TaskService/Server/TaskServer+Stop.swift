import Logging
import UVCore
import UVHTTP
import UVWebSocket

/// How the server comes to its end.
///
/// ```
///          signal            drain is over         all is answered, or the grace is over
/// running ───────▶ draining ──────────────▶ closing ─────────────────────────────────────▶ ended
///                  /ready is 503            listens no more                                code 0
///                  otherwise as before      WebSockets get 1001
/// ```
///
/// A second signal ends it at once.
extension TaskServer {
    enum Stage {
        case running, draining, closing
    }

    /// Stops on SIGTERM, SIGINT and SIGHUP; not on SIGHUP where the server was started to ignore it, as by `nohup`.
    func stopOnSignals() throws(LoopError) {
        for signal in [Signal.terminate, .interrupt, .hangUp] where signal != .hangUp || !signal.isIgnored {
            try SignalWatcher(signal) { [self] in stop(because: signal) }
        }
    }

    private func stop(because signal: Signal) {
        guard case .running = stage else {
            log.warning("Stopped at once", metadata: ["connections": .stringConvertible(connectionCount)])
            return loop.exit(0)
        }
        log.info("Stopping on \(signal)", metadata: ["connections": .stringConvertible(connectionCount)])
        guard configuration.drain > .zero else { return close() }
        stage = .draining
        loop.wait(configuration.drain) { [self] in close() }
    }

    /// Ends listening and idle connections; what is being answered has the grace to finish.
    private func close() {
        stage = .closing
        loop.wait(configuration.grace) { [self] in
            log.warning("The grace is over", metadata: ["connections": .stringConvertible(connectionCount)])
            http.closeAllConnections()
            live.hub.terminateAll()
        }.unref()
        live.hub.shutdown(.goingAway, reason: "The server is stopping")
        http.close { [self] in
            // Again, for those whose handshake was under way: from here on nothing can become a listener.
            live.hub.shutdown(.goingAway, reason: "The server is stopping") { [self] in
                refusals.flush()
                log.info("Stopped")
                loop.exit(0)
            }
        }
    }

    private var connectionCount: Int { http.connectionCount + live.hub.memberCount }
}
