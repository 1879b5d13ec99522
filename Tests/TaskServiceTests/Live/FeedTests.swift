import SeededRandom
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("What a listener is told")
struct FeedTests {
    @Test(
        "Through lost connections, pruned events and lost histories every listener hears each event of its rooms once and in order, or is told that it cannot, and gets the tasks",
        arguments: 0..<300 as Range<UInt64>)
    func anything(seed: UInt64) throws { _ = try run(seed) }

    @Test("Those runs come to all that can become of a listener")
    func everything() throws {
        let listeners = try (0..<30).flatMap { seed in try run(seed) }
        let counts = listeners.map(\.counts)
        #expect(counts.reduce(0) { $0 + $1.recovered } > 100)
        #expect(counts.reduce(0) { $0 + $1.lost } > 100)
        #expect(counts.reduce(0) { $0 + $1.takenBack } > 5)
        #expect(counts.reduce(0) { $0 + $1.pages } > 200)
    }

    @Test("A log that has no event where one was, or begins behind a hole, is not believed: what was missed is gone")
    func holes() {
        let epoch = LogEpoch(number: 1)
        let event = TaskEvent(
            .deleted(TaskID(high: 1, low: 0)), sequence: 7, requestID: "r", timestamp: Timestamp(milliseconds: 0))
        for (since, events, isKept) in [(5, [], false), (5, [event], false), (6, [event], true)] {
            var feed = Feed()
            let point = ResumePoint.after(since, epoch: ByteText(epoch.description))
            #expect(feed.begin(.standard, from: point, in: epoch, told: 9) == nil)
            #expect(feed.take(.events(events), told: 9) == Feed.Opening(sequence: 9, recovered: isKept))
            #expect(feed.need == (isKept ? .events(after: since) : .tasks))
        }
    }

    @Test("A listener that is ahead of this server is waited for where others may write, and is lost where none can")
    func ahead() {
        let epoch = LogEpoch(number: 1)
        let point = ResumePoint.after(9, epoch: ByteText(epoch.description))
        for (answer, isKept) in [(LogHistory.events([]), true), (.gone, false)] {
            var feed = Feed()
            #expect(feed.begin(.standard, from: point, in: epoch, told: 7, isLate: true) == nil)
            #expect(feed.need == .events(after: 9))
            #expect(feed.take(answer, told: 9) == Feed.Opening(sequence: 9, recovered: isKept))
        }
        var feed = Feed()
        #expect(feed.begin(.standard, from: point, in: epoch, told: 7) == Feed.Opening(sequence: 7, recovered: false))
    }

    /// Does what the seed says to a server and its listeners.
    private func run(_ seed: UInt64) throws -> [FeedListener] {
        var world = FeedWorld(seed: seed)
        var listeners = [FeedListener](repeating: FeedListener(), count: 3)
        for _ in 0..<400 {
            let index = world.random.next(below: listeners.count)
            switch world.random.next(below: 40) {
            case 0: world.prune()
            case 1 where world.random.once(in: 4):
                world.loseAll()
                for index in listeners.indices { listeners[index].leave() }
            case 2, 3: listeners[index].leave()
            case 4...6: listeners[index].begin(in: &world)
            case 7: listeners[index].fallBehind(in: world)
            case 8: listeners[index].checkPosition(in: world)
            case 9...20: world.change()
            case 21...28: tell(&listeners, &world)
            default: try listeners[index].step(in: &world)
            }
        }
        try settle(&listeners, &world)
        return listeners
    }

    /// Tells all live listeners of the next event.
    private func tell(_ listeners: inout [FeedListener], _ world: inout FeedWorld) {
        guard let event = world.tell() else { return }
        for index in listeners.indices where listeners[index].isConnected && listeners[index].feed.isLive {
            if listeners[index].feed.rooms.hear(event) { listeners[index].hear(event, in: world) }
        }
    }

    /// Lets all that is under way come to its end.
    private func settle(_ listeners: inout [FeedListener], _ world: inout FeedWorld) throws {
        while world.told < world.events.count { tell(&listeners, &world) }
        for index in listeners.indices {
            for _ in 0..<2_000 where !listeners[index].feed.isLive { try listeners[index].step(in: &world) }
            listeners[index].checkPosition(in: world)
            listeners[index].checkCopies(in: world)
        }
    }
}
