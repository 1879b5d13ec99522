/// Judges whether a peer is there, from what is seen of it now and then.
///
/// A peer that has been silent for a while is pinged, and is gone when nothing came in the same time after that. It is not
/// gone while it takes bytes, for the ping stands behind them; nor while this end does not read, for the answer may have
/// come. A peer that does not take the bytes that wait for it is gone in any case.
package struct Pulse {
    /// What is seen of a peer.
    package struct Look {
        /// The loop's time in milliseconds.
        package var now: Int64
        /// When the last byte of it was read.
        package var lastReceived: Int64
        /// Bytes that the system has taken for it so far, and those that wait for the system to take them.
        package var bytesTaken: Int
        package var bytesWaiting: Int
        /// Whether this end reads.
        package var isRead: Bool

        package init(now: Int64, lastReceived: Int64, bytesTaken: Int, bytesWaiting: Int, isRead: Bool) {
            self.now = now
            self.lastReceived = lastReceived
            self.bytesTaken = bytesTaken
            self.bytesWaiting = bytesWaiting
            self.isRead = isRead
        }
    }

    package enum Verdict {
        case present, ping, gone
    }

    /// When something was seen of it that was no byte, or had to be assumed.
    private var lastSign = Int64.min
    private var bytesTaken = 0
    /// When its silence became a question, in the loop's time.
    private var askedAt: Int64?
    private var hadBytesWaiting = false

    package init() {}

    /// - Parameter limit: After how many milliseconds of silence it is asked, and how many it then has.
    package mutating func judge(_ look: Look, limit: Int64) -> Verdict {
        // Bytes have waited, so the system was full: what it has taken since then, the peer has taken from it.
        if hadBytesWaiting, look.bytesTaken > bytesTaken { lastSign = look.now }
        bytesTaken = look.bytesTaken
        hadBytesWaiting = look.bytesWaiting > 0
        let heard = max(look.lastReceived, lastSign)
        guard let askedAt else {
            guard look.now - heard >= limit else { return .present }
            self.askedAt = look.now
            // Behind other bytes a ping tells no more than they do.
            return look.bytesWaiting == 0 ? .ping : .present
        }
        if heard >= askedAt {
            self.askedAt = nil
        } else if look.now - askedAt >= limit {
            guard !look.isRead, look.bytesWaiting == 0 else { return .gone }
            lastSign = look.now
            self.askedAt = nil
        }
        return .present
    }
}
