import SeededRandom
import Testing
import UVTasks
import UVWebSocket

/// A server as the contract has it, of one client: its log, of which the client's rooms get some events, and what is on the
/// way to the client.
private struct ModelServer {
    struct Event {
        let sequence: Int
        let isOurs: Bool
    }

    private(set) var epoch = "e1"
    private(set) var log: [Event] = []
    private(set) var last = 0
    private var pruned = 0
    private(set) var underWay: [String] = []
    /// Up to which event the client of the last connection is told what it has missed; 0 for nothing.
    private(set) var replayed = 0

    mutating func append(isOurs: Bool) {
        last += 1
        log.append(Event(sequence: last, isOurs: isOurs))
        if isOurs { underWay.append(FeedProgressTests.event(last)) }
    }

    mutating func prune(to sequence: Int) {
        pruned = max(pruned, sequence)
        log.removeAll { $0.sequence <= pruned }
    }

    /// The history is lost: the next one begins above it.
    mutating func beginAnew() {
        epoch += "1"
        last += 1_000
        (pruned, log, underWay) = (last, [], [])
    }

    /// What stands in the query of the connection decides what comes first.
    mutating func connect(to url: WebSocketURL) {
        replayed = 0
        guard let since = url.value(of: "since").flatMap({ Int($0) }) else {
            return underWay = [FeedProgressTests.ready(epoch, last, true)]
        }
        let isThere = url.value(of: "epoch") == epoch && since >= pruned && since <= last
        underWay = [FeedProgressTests.ready(epoch, last, isThere)]
        if isThere {
            replayed = last
            underWay += log.filter { $0.isOurs && $0.sequence > since }.map { FeedProgressTests.event($0.sequence) }
        } else {
            underWay += [FeedProgressTests.page(last, 500, more: true), FeedProgressTests.page(last, 7, more: false)]
        }
    }

    /// The server says where it is: behind all that is under way.
    mutating func say(_ name: String) { underWay.append(#"{"event":"\#(name)","seq":\#(last)}"#) }

    mutating func next() -> String? { underWay.isEmpty ? nil : underWay.removeFirst() }

    /// The numbers of the client's events behind `sequence`, of those that are still known.
    func ours(behind sequence: Int) -> [Int] { log.filter { $0.isOurs && $0.sequence > sequence }.map(\.sequence) }
}

@Suite("Whatever is lost, pruned or begun anew, a feed gives each event once and in order, or says that some are gone")
struct FeedModelTests {
    @Test("Random histories, losses, prunes and new beginnings", arguments: 0..<200 as Range<UInt64>)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var (server, feed) = (ModelServer(), FeedProgress(nil))
        /// The last event of ours that was given, or is said to be gone, and how many missed ones were and are not told of.
        var (given, untold) = (0, 0)
        let url = try #require(WebSocketURL("ws://localhost/"))
        server.connect(to: feed.address(on: url))
        for _ in 0..<400 {
            switch generator.next(below: 20) {
            case 0..<7: server.append(isOurs: generator.once(in: 2))
            case 7..<16:
                guard let message = server.next() else { continue }
                let isFirst = feed.position == nil
                for action in feed.receive(try #require(FeedMessage(Array(message.utf8)))) {
                    switch action {
                    case .deliver where message.contains("task.created"):
                        let sequence = try #require(Int(message.split(separator: "\"seq\":")[1].dropLast()))
                        #expect(sequence > given, "seed \(seed)")
                        // What a prune has removed meanwhile is not known here; what is known must not be left out.
                        #expect(!server.ours(behind: given).contains { $0 < sequence }, "seed \(seed)")
                        given = sequence
                        if sequence <= server.replayed { untold += 1 }
                    case .deliver: break
                    case .ask: server.say("pong")
                    case .tell(.recovered(let missed)):
                        #expect(missed == untold, "seed \(seed)")
                        untold = 0
                    case .tell(.snapshot(let tasks)):
                        #expect(tasks == 507, "seed \(seed)")
                        #expect(feed.position?.epoch == server.epoch, "seed \(seed)")
                        (given, untold) = (try #require(feed.position).sequence, 0)
                    }
                }
                // Before the first greeting the feed is nowhere, and misses nothing.
                if isFirst { given = feed.position?.sequence ?? 0 }
            case 16: server.say("position")
            case 17:
                feed.begin()
                server.connect(to: feed.address(on: url))
            case 18: if generator.once(in: 4) { server.prune(to: server.last - generator.next(below: 20)) }
            default:
                guard generator.once(in: 10) else { continue }
                server.beginAnew()
                feed.begin()
                server.connect(to: feed.address(on: url))
            }
        }
    }
}
