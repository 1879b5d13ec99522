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
/// A second signal cuts off what is still being answered; a third one ends the program as it is.
extension TaskServer {
    enum Stage {
        case running, draining, closing, cutOff
    }

    /// Stops on SIGTERM, SIGINT and SIGHUP; not on SIGHUP where the server was started to ignore it, as by `nohup`.
    func stopOnSignals() throws(LoopError) {
        for signal in [Signal.terminate, .interrupt, .hangUp] where signal != .hangUp || !signal.isIgnored {
            try SignalWatcher(signal) { [self] in stop(because: signal) }
        }
    }

    private func stop(because signal: Signal) {
        switch stage {
        case .running:
            note("Stopping on \(signal)", at: .info)
            queue.stop()
            if configuration.drain > .zero { drain() } else { close() }
        case .draining:
            close()
            cutOff(because: "Stopping at once")
        case .closing:
            cutOff(because: "Stopping at once")
        case .cutOff:
            loop.exit(0)
        }
    }

    /// Goes on as before, so that a load balancer can see that `/ready` is 503 and send no more.
    private func drain() {
        stage = .draining
        loop.wait(configuration.drain) { [self] in if stage == .draining { close() } }
    }

    /// Ends listening and idle connections; what is being answered has the grace to finish.
    private func close() {
        stage = .closing
        loop.wait(configuration.grace) { [self] in
            if stage == .closing { cutOff(because: "The grace is over") }
        }.unref()
        live.hub.shutdown(.goingAway, reason: "The server is stopping")
        live.streams.end()
        http.close { [self] in
            // Again, for those whose handshake was under way: from here on nothing can become a listener.
            live.hub.shutdown(.goingAway, reason: "The server is stopping") { [self] in
                // In the next turn: answers that were cut off come to their lines in the log in the last phase of this one.
                loop.setImmediate { [self] in loop.setImmediate { [self] in end() } }
            }
        }
    }

    private func cutOff(because reason: Logger.Message) {
        stage = .cutOff
        note(reason, at: .warning)
        http.closeAllConnections()
        live.hub.terminateAll()
    }

    private func end() {
        refusals.flush()
        log.info("Stopped")
        leave(0)
    }

    private func note(_ step: Logger.Message, at level: Logger.Level) {
        let count = http.connectionCount + live.hub.memberCount
        log.log(level: level, step, metadata: ["connections": .stringConvertible(count)])
    }
}
