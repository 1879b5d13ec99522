import UVCore

/// Beats again and again, so that silent peers are asked whether they are there: a connection whose peer has vanished
/// without a word looks like one that is quiet.
///
/// One serves any number of connections. It does not keep the loop alive.
@LoopActor
final class Heartbeat {
    /// After how long without a byte a peer is pinged, and after how long without an answer to that it is gone.
    let limit: Duration

    private let loop = EventLoop.current
    private var timer: Timeout?

    /// - Parameter limit: Zero for none.
    init(_ limit: Duration) { self.limit = limit }

    /// Beats from now on, silent if it does already. `beat` gets the limit in milliseconds.
    ///
    /// It is called behind the next poll, for after a long callback answers may have come and not been read.
    func start(_ beat: @escaping (_ limit: Int64) -> Void) {
        guard timer == nil, limit > .zero else { return }
        let interval = max(.milliseconds(1), min(.seconds(1), limit / 30))
        let milliseconds = limit.wholeMilliseconds
        timer = loop.wait(interval, repeats: true) { [loop] in loop.atCheck { beat(milliseconds) } }
        timer?.unref()
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }
}

extension WebSocket {
    /// Pings the peer when nothing has come from it for `limit`, and ends the connection when nothing comes for as long
    /// after that; not while the peer takes the bytes that wait for it, or while this end is paused and none wait.
    ///
    /// A ``WebSocketHub`` does so for its members. This is for a WebSocket that is in none, such as a client's.
    public func startHeartbeat(_ limit: Duration = .seconds(30)) {
        let heartbeat = Heartbeat(limit)
        var pulse = Pulse()
        heartbeat.start { [self] limit in
            if state.isClosed { return heartbeat.stop() }
            beat(&pulse, limit)
        }
    }

    /// Asks the peer whether it is there, where `pulse` finds that it is time to, and ends the connection of one that is
    /// gone.
    func beat(_ pulse: inout Pulse, _ limit: Int64) {
        let look = Pulse.Look(
            now: loop.now, lastReceived: state.lastReceived, bytesTaken: socket.bytesWritten,
            bytesWaiting: bufferedAmount, isRead: !state.inbox.isPaused && !state.inbox.isWaiting)
        switch pulse.judge(look, limit: limit) {
        case .present: break
        case .ping: ping()
        case .gone: terminate()
        }
    }
}
