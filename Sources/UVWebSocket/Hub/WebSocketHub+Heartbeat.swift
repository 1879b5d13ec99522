import UVCore

extension WebSocketHub {
    /// One timer for all members: a connection whose peer has vanished without a word looks like one that is quiet.
    ///
    /// Members are judged behind the next poll, for after a long callback their answers may have come and not been read.
    func startHeartbeat() {
        guard sweep == nil, heartbeat > .zero else { return }
        let interval = max(.milliseconds(1), min(.seconds(1), heartbeat / 30))
        sweep = loop.wait(interval, repeats: true) { [self] in loop.atCheck { [self] in checkHearts() } }
        sweep?.unref()
    }

    private func checkHearts() {
        let limit = heartbeat.wholeMilliseconds
        // A copy: members leave while it is walked.
        for member in members {
            switch member.membership?.heart.judge(member.look, limit: limit) {
            case .present, nil: break
            case .ping: member.ping()
            case .gone: member.terminate()
            }
        }
    }
}

extension WebSocket {
    fileprivate var look: Heartbeat.Look {
        Heartbeat.Look(
            now: loop.now, lastReceived: lastReceived, bytesTaken: socket.bytesWritten, bytesWaiting: bufferedAmount,
            isRead: !inbox.isPaused)
    }
}
