import UVCore

extension HTTPConnection {
    /// What the sweep does with the connection.
    ///
    /// - Parameter standstill: How long the loop has stood still since the last sweep, in milliseconds.
    func checkTime(_ now: Int64, _ standstill: Int64) {
        let limits = server.state.limits
        if standstill > 0 { state.times.forget(standstill) }
        if state.times.checkAnswer(socket.bytesWritten, isReadingAnswer, at: now, limits) { return socket.destroy() }
        if state.isEnding { return checkEnd(now, limits) }
        // A connection is idle when its peer has read the answer.
        if socket.writableLength > 0 { state.times.becomeIdle(at: now) }
        guard state.input == .flowing else { return }
        switch state.phase {
        case .between, .head:
            if isIdle, server.isClosing || idleEnd.map({ now >= $0 }) ?? false { return socket.destroy() }
            if state.times.isHeadTooSlow(at: now, limits) { fail(.timeout) }
        case .body:
            if state.times.checkBody(at: now, limits) { fail(.timeout) }
        case .upgrading, .switching, .discarding, .handedOver:
            break
        }
    }

    /// When the connection is closed if nothing comes; nil when something is under way, or if it is kept for ever.
    var idleEnd: Int64? {
        isIdle ? state.times.idleEnd(server.state.limits, wasToldToClose: isAtRequestLimit) : nil
    }

    /// Whether it is the peer's turn to take something. One that has ended its side may be gone altogether, which only
    /// shows when something is sent, so the server does not wait for it for ever either.
    private var isReadingAnswer: Bool {
        socket.writableLength > 0 || state.peerEnd != .open && !state.owed.isEmpty
    }

    /// The time in which the peer can read the last answer begins when that is sent.
    private func checkEnd(_ now: Int64, _ limits: HTTPLimits) {
        if socket.writableLength > 0 { state.times.beginDiscarding(at: now) }
        if state.times.isDiscardingOver(at: now, limits) { socket.destroy() }
    }
}
