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
///                  otherwise as before      WebSockets get 1001, or 1012
/// ```
///
/// A second signal cuts off what is still being answered; a third one ends the program as it is.
///
/// One of several processes is told by its parent, too, see ``StopOrders``; and when another one has taken its place:
///
/// ```
///          retire             a second is over
/// running ───────▶ retiring ──────────────────▶ closing ─ …
///                  listens no more, an answer is the last one of its connection
///                  otherwise as before: new clients are the other process's
/// ```
extension TaskServer {
    enum Stage {
        case running, draining, retiring, closing, cutOff
    }

    /// For how long connections that are open may bring another request: most are closed by their answer in that time,
    /// and none by surprise.
    private static let retirement = Duration.seconds(1)

    /// Stops on SIGTERM, SIGINT and SIGHUP; not on SIGHUP where the server was started to ignore it, as by `nohup`.
    func stopWhenTold() throws(LoopError) {
        for signal in [Signal.terminate, .interrupt] { try watch(signal) }
        if let parent {
            // Its parent knows whether it is to be ignored.
            try SignalWatcher(.hangUp) {}
            parent.onOrder = { [self] order in obey(order) }
        } else if !Signal.hangUp.isIgnored {
            try watch(.hangUp)
        }
    }

    private func watch(_ signal: Signal) throws(LoopError) {
        try SignalWatcher(signal) { [self] in stop(because: "Stopping on \(signal)") { $0.hearSignal() } }
    }

    private func obey(_ order: ProcessOrder) {
        switch order {
        case .retire: retire()
        case .stop(let level): stop(because: "Stopping with the parent") { $0.hearParent(level) }
        }
    }

    /// Another process has taken the place of this one.
    private func retire() {
        guard stage == .running else { return }
        stopOrders.hearParent(1)
        note("Another process takes over", at: .info)
        stage = .retiring
        http.stopListening()
        loop.wait(Self.retirement) { [self] in
            guard stage == .retiring else { return }
            queue.stop()
            close()
        }
    }

    private func stop(because reason: Logger.Message, _ hear: (inout StopOrders) -> Void) {
        let before = stopOrders.level
        hear(&stopOrders)
        for _ in before..<stopOrders.level { stop(because: reason) }
    }

    private func stop(because reason: Logger.Message) {
        switch stage {
        case .running:
            note(reason, at: .info)
            queue.stop()
            if configuration.drain > .zero { drain() } else { close() }
        case .draining, .retiring:
            queue.stop()
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
        // One that is replaced may not have heard of the other yet.
        let hasOthers = stage == .retiring || board.servers.hasOthers
        stage = .closing
        loop.wait(configuration.grace) { [self] in
            if stage == .closing { cutOff(because: "The grace is over") }
        }.unref()
        metricsPort?.close()
        live.end(hasOthers: hasOthers)
        http.close { [self] in
            // Again, for those whose handshake was under way: from here on nothing can become a listener.
            live.end(hasOthers: hasOthers) { [self] in
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
