import UVCore

/// What the log does while it is another server's turn.
///
/// That ends with an append of the server whose it is. It comes as news to this one, whose append is behind it then: so it is
/// not sent again as it was, but an append of nothing in its place, which is told what has come in front, and may ask for the
/// turn. If no news come the turn ends by itself, and the append is sent once more.
extension RedisLog {
    /// The append that is under way met another's turn.
    func waitForTurn(_ returned: RedisReturn) {
        // A turn that ends in this moment may have less than nothing left. Redis and the loop count whole milliseconds, from
        // different moments: so it may be there for two more.
        let left = returned.words.first.flatMap { DecimalNumber.read($0) }.flatMap { Int64(exactly: $0) } ?? 0
        // Another server is there, also if no beat has told so yet.
        hasSeenJoin = true
        underWay?.pause = loop.wait(.milliseconds(min(left, RedisCourtesy.turns.upperBound) + 2)) { [weak self] in
            self?.sendWhole()
        }
        follow()
    }

    /// The server whose turn it was has kept something.
    func askWhatCame() {
        endPause()
        underWay?.isQuestion = true
        send()
    }

    /// Nothing has come in front.
    func sendWhole() {
        endPause()
        underWay?.isQuestion = false
        send()
    }

    private func endPause() {
        underWay?.pause?.cancel()
        underWay?.pause = nil
    }
}

extension RedisLog.Append {
    /// Whether it writes something when it is kept.
    var isWrite: Bool { !events.isEmpty && !isQuestion }
}
