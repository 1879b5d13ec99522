/// Which servers use the store with this one, by what they count up: they need no clock in common.
///
/// A server whose count has not moved for ``RedisPatience/death`` is dead. It is looked at when a count has come, so one that
/// stood still itself takes no other for dead.
struct RedisPeers {
    private struct Peer {
        var count: [UInt8]
        var movedAt: Int64
    }

    private var peers: [Int: Peer] = [:]
    private let death: Int64

    /// - Parameter death: Nanoseconds.
    init(death: Int64) { self.death = death }

    /// The numbers of those that are alive.
    var numbers: some Collection<Int> { peers.keys }

    /// Redis is there again at that time: nothing could count while it was not.
    mutating func begin(at now: Int64) {
        for server in Array(peers.keys) { peers[server]?.movedAt = now }
    }

    /// Notes what all servers count at a time, in nanoseconds of the loop's clock.
    ///
    /// - Returns: Those that have died or left since: of those that have died the last count, too.
    mutating func note(_ counts: [Int: [UInt8]], at now: Int64) -> [(server: Int, lastCount: [UInt8]?)] {
        var dead: [(server: Int, lastCount: [UInt8]?)] = []
        for server in Array(peers.keys) where !counts.keys.contains(server) {
            dead.append((server, nil))
            peers[server] = nil
        }
        for (server, count) in counts {
            guard let peer = peers[server], peer.count == count else {
                peers[server] = Peer(count: count, movedAt: now)
                continue
            }
            guard now - peer.movedAt >= death else { continue }
            dead.append((server, count))
            peers[server] = nil
        }
        return dead
    }
}
