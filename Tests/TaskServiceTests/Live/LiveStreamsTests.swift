import LoopTesting
import TaskEngine
import Testing
import UVCore
import UVWebSocket

@testable import TaskService

@Suite("The streams of events")
struct LiveStreamsTests {
    /// Runs `body` on the loop's actor.
    private func onLoop(_ body: @escaping @LoopActor () throws -> Void) async {
        let code = await withLoop { _ in
            do { try body() } catch { Issue.record(error) }
        }
        #expect(code == 0)
    }

    @Test("An event looks at the streams of its rooms alone, each once, from when they are live until they fall behind")
    func audience() async {
        await onLoop {
            let streams = LiveStreams()
            let one = Stream(["tasks", "project-a"])
            let two = Stream(["project-a"])
            let others = (0..<100).map { _ in Stream(["project-b"]) }
            for stream in [one, two] + others { #expect(streams.add(stream)) }
            #expect(streams.count == 102 && streams.isQuiet)
            #expect(streams.listeners(in: ["tasks", "project-a"]).isEmpty, "none is live yet")
            for stream in [one, two] + others { streams.enter(stream) }
            #expect(!streams.isQuiet)
            #expect(Self.names(streams.listeners(in: ["tasks", "project-a"])) == Self.names([one, two]))
            #expect(Self.names(streams.listeners(in: ["tasks", "task-1"])) == Self.names([one]))
            #expect(streams.listeners(in: ["project-c"]).isEmpty)
            streams.leave(one)
            streams.leave(one)
            #expect(Self.names(streams.listeners(in: ["tasks", "project-a"])) == Self.names([two]))
            streams.enter(one)
            streams.remove(two)
            #expect(Self.names(streams.listeners(in: ["project-a"])) == Self.names([one]))
            for stream in [one] + others { streams.remove(stream) }
            #expect(streams.count == 0 && streams.isQuiet)
        }
    }

    @Test("When the server ends them each is ended, live or not, and no other is taken")
    func end() async {
        await onLoop {
            let streams = LiveStreams()
            let (live, behind, late) = (Stream(["tasks"]), Stream(["tasks"]), Stream(["tasks"]))
            for stream in [live, behind] { #expect(streams.add(stream)) }
            streams.enter(live)
            streams.end(.stopping(of: 2, hasOthers: false))
            #expect(live.hints == [nil] && behind.hints == [nil])
            #expect(!streams.add(late))
        }
    }

    @Test("Of many a portion is ended in each turn, each once and with a hint, but for those that have gone meanwhile")
    func endOfMany() async {
        let portion = Dismissal.portion
        let code = await withLoop { loop in
            let streams = LiveStreams()
            let all = (0..<2 * portion + 1).map { _ in Stream(["tasks"]) }
            for stream in all { #expect(streams.add(stream)) }
            streams.end(.stopping(of: all.count, hasOthers: true))
            let (first, rest) = (all.filter { !$0.hints.isEmpty }, all.filter { $0.hints.isEmpty })
            #expect(first.count == portion)
            streams.remove(rest[0])
            loop.wait(.milliseconds(20)) {
                #expect(rest[0].hints.isEmpty)
                #expect((first + rest.dropFirst()).allSatisfy { $0.hints.count == 1 && $0.hints[0] != nil })
            }
        }
        #expect(code == 0)
    }

    @LoopActor
    private static func names(_ streams: [any LiveStream]) -> [ObjectIdentifier] {
        streams.map { ObjectIdentifier($0) }.sorted()
    }
}

private final class Stream: LiveStream {
    let rooms: ListenerRooms
    /// What it was told at its ends.
    private(set) var hints: [ReturnHint?] = []

    init(_ names: [RoomName]) { rooms = ListenerRooms(names) }

    func deliver(_ json: [UInt8], of event: TaskEvent) {}
    func end(_ hint: ReturnHint?) { hints.append(hint) }
}
