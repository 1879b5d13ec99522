import Testing

@testable import TaskStorage

@Suite("Which servers are alive")
struct RedisPeersTests {
    private var peers = RedisPeers(death: 6_500)

    private func counts(_ counts: [Int: Int]) -> [Int: [UInt8]] { counts.mapValues { Array(String($0).utf8) } }

    @Test("A server whose count does not move for so long is dead; one that counts is not")
    mutating func death() {
        #expect(peers.note(counts([1: 1, 2: 7]), at: 0).isEmpty)
        #expect(peers.note(counts([1: 2, 2: 7]), at: 6_499).isEmpty)
        let dead = peers.note(counts([1: 3, 2: 7]), at: 6_500)
        #expect(dead.map(\.server) == [2] && dead[0].lastCount == Array("7".utf8))
        #expect(Array(peers.numbers) == [1])
    }

    @Test("A server that has left is gone at once, and so is one that is there again under another number")
    mutating func leaving() {
        _ = peers.note(counts([1: 1, 2: 1]), at: 0)
        let gone = peers.note(counts([2: 2, 3: 1]), at: 1)
        #expect(gone.map(\.server) == [1] && gone[0].lastCount == nil)
        #expect(Set(peers.numbers) == [2, 3])
    }

    @Test("A server that stood still takes no other for dead that has counted meanwhile")
    mutating func standstill() {
        _ = peers.note(counts([1: 1]), at: 0)
        #expect(peers.note(counts([1: 2]), at: 60_000).isEmpty)
        #expect(peers.note(counts([1: 2]), at: 66_499).isEmpty)
        #expect(peers.note(counts([1: 2]), at: 66_500).map(\.server) == [1])
    }

    @Test("While Redis is not there nothing counts, and none is dead of that")
    mutating func outage() {
        _ = peers.note(counts([1: 1]), at: 0)
        peers.begin(at: 60_000)
        #expect(peers.note(counts([1: 1]), at: 60_001).isEmpty)
        #expect(peers.note(counts([1: 1]), at: 66_499).isEmpty)
        #expect(peers.note(counts([1: 1]), at: 66_500).map(\.server) == [1])
    }
}
