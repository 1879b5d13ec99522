import SeededRandom
import Testing

@testable import TaskStorage

@Suite("Servers at different distances from Redis")
struct RedisCourtesyTests {
    @Test("A server asks for the turn when it has come behind three times, and has it for two of its appends")
    func asking() {
        var courtesy = RedisCourtesy()
        for _ in 0..<2 { courtesy.noteAnswer(isBehind: true, after: 5) }
        #expect(courtesy.turn == 0)
        courtesy.noteAnswer(isBehind: true, after: 5)
        #expect(courtesy.turn == 50)
        courtesy.noteAnswer(isBehind: true, after: 200)
        #expect(courtesy.turn == 400)
        courtesy.noteAnswer(isBehind: true, after: 2_000)
        #expect(courtesy.turn == 1_000)
        courtesy.noteAnswer(isBehind: false, after: 5)
        #expect(courtesy.turn == 0)
    }

    @Test("Of two servers the one ten times as far away has its part", arguments: 1...3)
    func two(seed: UInt64) {
        let kept = run([200, 2_000], seed, seconds: 20)
        #expect(kept[1] > 1_000 && kept[0] > 10_000, "\(kept)")
    }

    @Test("Of a hundred, from 0.2 to 20 ms away, each has its part", arguments: 1...3)
    func hundred(seed: UInt64) {
        let roundTrips = (0..<100).map { 200 + 200 * $0 }
        let kept = run(roundTrips, seed, seconds: 60)
        let total = kept.reduce(0, +)
        #expect(kept.allSatisfy { (10...300).contains($0) } && total > 5_000, "\(total) in 60 s: \(kept)")
    }
}

/// How many appends of each server were kept.
private func run(_ roundTrips: [Int], _ seed: UInt64, seconds: Int) -> [Int] {
    var model = AppendModel(roundTrips: roundTrips, seed: seed)
    return model.run(seconds: seconds)
}

/// Servers that append all the time, and Redis, by a clock of its own: what `RedisScript` says of an append, and what a
/// server does with the answer. Times are microseconds.
private struct AppendModel {
    /// How long Redis takes for an append of some fifty events, and for one that comes behind or is another's turn.
    private static let (keeping, refusing) = (500, 50)

    private struct Server {
        let roundTrip: Int
        var courtesy = RedisCourtesy()
        /// The end of the log as it knows it.
        var end = 0
        var sentAt = 0
        var kept = 0
        /// How often it was sent away, and whether it waits for the turn to end.
        var pauses = 0
        var isPaused = false
    }

    private enum Step {
        case send(Int)
        case arrive(Int, end: Int, turn: Int64)
        case answer(Int, RedisVerdict, end: Int, left: Int)
        /// The turn has ended by itself, if the server still waits since that pause.
        case endPause(Int, Int)
        case hearNews(Int, end: Int)
    }

    private var servers: [Server]
    private var random: SeededGenerator
    private var steps: [(at: Int, step: Step)] = []
    private var end = 0
    private var turn: (server: Int, until: Int)?
    /// Until when Redis works on what has arrived.
    private var busyUntil = 0

    init(roundTrips: [Int], seed: UInt64) {
        servers = roundTrips.map { Server(roundTrip: $0) }
        random = SeededGenerator(seed: seed)
    }

    /// How many appends of each were kept.
    mutating func run(seconds: Int) -> [Int] {
        for index in servers.indices { add(.send(index), at: random.next(below: 1_000)) }
        while let (now, step) = steps.popLast(), now < seconds * 1_000_000 { perform(step, at: now) }
        return servers.map(\.kept)
    }

    /// The steps are kept with the next one last.
    private mutating func add(_ step: Step, at time: Int) {
        var (low, high) = (0, steps.count)
        while low < high {
            let middle = (low + high) / 2
            if steps[middle].at > time { low = middle + 1 } else { high = middle }
        }
        steps.insert((time, step), at: low)
    }

    private mutating func perform(_ step: Step, at now: Int) {
        switch step {
        case .send(let index):
            servers[index].sentAt = now
            let turn = servers[index].courtesy.turn
            add(.arrive(index, end: servers[index].end, turn: turn), at: now + way(of: index))
        case .arrive(let index, let known, let wish): arrive(index, known, wish, at: now)
        case .answer(let index, .busy, _, let left): pause(index, left, at: now)
        case .answer(let index, let verdict, let end, _): hear(index, verdict, end, at: now)
        case .endPause(let index, let pause):
            guard servers[index].isPaused, servers[index].pauses == pause else { return }
            servers[index].isPaused = false
            add(.send(index), at: now)
        case .hearNews(let index, let end):
            guard servers[index].isPaused, end > servers[index].end else { return }
            servers[index].isPaused = false
            // An append of nothing.
            add(.send(index), at: now)
        }
    }

    private mutating func arrive(_ index: Int, _ known: Int, _ wish: Int64, at now: Int) {
        let begin = max(now, busyUntil)
        if let turn, turn.until <= begin { self.turn = nil }
        let verdict: RedisVerdict
        if known != end {
            verdict = .behind
            if wish > 0, turn == nil { turn = (index, begin + Int(wish) * 1_000) }
        } else if let turn, turn.server != index {
            verdict = .busy
        } else {
            verdict = .kept
            turn = nil
            end += 1
        }
        busyUntil = begin + (verdict == .kept ? Self.keeping : Self.refusing)
        let left = verdict == .busy ? (turn?.until ?? begin) - begin : 0
        add(.answer(index, verdict, end: end, left: left), at: busyUntil + way(of: index))
        guard verdict == .kept else { return }
        for other in servers.indices where servers[other].isPaused {
            add(.hearNews(other, end: end), at: busyUntil + way(of: other))
        }
    }

    /// It waits for the turn to end, and for news.
    private mutating func pause(_ index: Int, _ left: Int, at now: Int) {
        servers[index].pauses += 1
        servers[index].isPaused = true
        add(.endPause(index, servers[index].pauses), at: now + left + 1_000)
        if end > servers[index].end { add(.hearNews(index, end: end), at: now + servers[index].roundTrip) }
    }

    /// It has something to append again at once.
    private mutating func hear(_ index: Int, _ verdict: RedisVerdict, _ end: Int, at now: Int) {
        servers[index].courtesy.noteAnswer(
            isBehind: verdict == .behind, after: Int64(now - servers[index].sentAt) / 1_000)
        servers[index].end = end
        if verdict == .kept { servers[index].kept += 1 }
        add(.send(index), at: now + random.next(below: 200))
    }

    /// Half of a round trip, up to a tenth more or less.
    private mutating func way(of index: Int) -> Int {
        let half = servers[index].roundTrip / 2
        return half + random.next(below: half / 5 + 1) - half / 10
    }
}
