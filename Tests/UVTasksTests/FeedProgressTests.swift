import Testing
import UVTasks
import UVWebSocket

@Suite("A feed knows where it stands, asks for what it missed, and gives each event once")
struct FeedProgressTests {
    private static let url = "ws://localhost:3000/ws/tasks?rooms=a"

    private func target(_ progress: FeedProgress) throws -> String {
        progress.address(on: try #require(WebSocketURL(Self.url))).target
    }

    /// What comes of messages that arrive one behind the other.
    private func actions(_ progress: inout FeedProgress, _ messages: String...) throws -> [FeedProgress.Action] {
        try messages.flatMap { progress.receive(try #require(FeedMessage(Array($0.utf8)))) }
    }

    static func ready(_ epoch: String, _ sequence: Int, _ recovered: Bool? = nil) -> String {
        let end = recovered.map { ",\"recovered\":\($0)" } ?? ""
        return #"{"event":"connection.ready","rooms":["a"],"epoch":"\#(epoch)","seq":\#(sequence)\#(end)}"#
    }

    static func event(_ sequence: Int) -> String { #"{"event":"task.created","task":{"id":"x"},"seq":\#(sequence)}"# }

    static func page(_ sequence: Int, _ count: Int, more: Bool) -> String {
        let tasks = (0..<count).map { #"{"id":"\#($0)","seq":99}"# }.joined(separator: ",")
        return #"{"event":"snapshot","tasks":[\#(tasks)],"seq":\#(sequence),"more":\#(more)}"#
    }

    /// A feed that has seen the event 7 of the history `E` and lost its connection.
    private func away() throws -> FeedProgress {
        var progress = FeedProgress(nil)
        #expect(
            try actions(&progress, Self.ready("E", 5), Self.event(6), Self.event(7)) == [.deliver, .deliver, .deliver])
        progress.begin()
        return progress
    }

    @Test(
        "At first it asks for what comes from now on; then it stands where the greeting says, and moves with each event"
    )
    func position() throws {
        var progress = FeedProgress(nil)
        #expect(try target(progress) == "/ws/tasks?rooms=a&since=")
        _ = try actions(&progress, Self.ready("E", 5, true))
        #expect(progress.position?.description == "E:5")
        #expect(try actions(&progress, Self.event(9)) == [.deliver], "the events between are of other rooms")
        #expect(try target(progress) == "/ws/tasks?rooms=a&since=9&epoch=E")
    }

    @Test("In a quiet room it moves with what the server says, which is given on; back it never goes")
    func quiet() throws {
        var progress = try away()
        _ = try actions(&progress, Self.ready("E", 7, true))
        #expect(try actions(&progress, #"{"event":"position","seq":20}"#) == [.deliver])
        #expect(progress.position?.sequence == 20)
        #expect(try actions(&progress, #"{"event":"pong","seq":30}"#, #"{"event":"pong","seq":10}"#) == [])
        #expect(progress.position?.sequence == 30)
    }

    @Test("Nothing was missed")
    func nothing() throws {
        var progress = try away()
        #expect(try actions(&progress, Self.ready("E", 7, true)) == [.deliver, .tell(.recovered(missed: 0))])
        #expect(try actions(&progress, Self.event(8)) == [.deliver])
    }

    @Test("What was missed is counted: until the last one, a later one, or a word of the server")
    func missed() throws {
        var progress = try away()
        let start = try actions(&progress, Self.ready("E", 12, true), Self.event(8), Self.event(10))
        #expect(start == [.deliver, .ask, .deliver, .deliver])
        var (last, later, pong) = (progress, progress, progress)
        #expect(try actions(&last, Self.event(12)) == [.deliver, .tell(.recovered(missed: 3))])
        #expect(try actions(&later, Self.event(13)) == [.tell(.recovered(missed: 2)), .deliver])
        #expect(try actions(&pong, #"{"event":"pong","seq":11}"#) == [], "not all is there yet")
        #expect(pong.position?.sequence == 11)
        #expect(try actions(&pong, Self.event(11)) == [])
        #expect(try actions(&pong, #"{"event":"pong","seq":12}"#) == [.tell(.recovered(missed: 2))])
        #expect(pong.position?.sequence == 12)
    }

    @Test("It asks one question at a time: again with the next event, when the answer was that not all is there")
    func questions() throws {
        var progress = try away()
        _ = try actions(&progress, Self.ready("E", 20, true))
        #expect(try actions(&progress, Self.event(8), Self.event(9)) == [.deliver, .deliver])
        #expect(try actions(&progress, #"{"event":"pong","seq":9}"#, Self.event(10)) == [.deliver, .ask])
        #expect(
            try actions(&progress, Self.event(11), #"{"event":"pong","seq":20}"#) == [
                .deliver, .tell(.recovered(missed: 4)),
            ])
    }

    @Test("Lost again amid the missed events it goes on behind the last one, and counts all of them")
    func twice() throws {
        var progress = try away()
        _ = try actions(&progress, Self.ready("E", 12, true), Self.event(8), Self.event(9))
        progress.begin()
        #expect(try target(progress) == "/ws/tasks?rooms=a&since=9&epoch=E")
        let actions = try actions(&progress, Self.ready("E", 12, true), Self.event(12))
        #expect(actions == [.deliver, .ask, .deliver, .tell(.recovered(missed: 3))])
    }

    @Test("An event that was there is not given again", arguments: [-1, 6, 7])
    func duplicate(sequence: Int) throws {
        var progress = try away()
        #expect(try actions(&progress, Self.ready("E", 8, true), Self.event(sequence)) == [.deliver, .ask])
        #expect(try actions(&progress, Self.event(8), Self.event(8)) == [.deliver, .tell(.recovered(missed: 1))])
    }

    @Test("Not recovered: the snapshot's tasks are counted, and it stands behind it when the last page is there")
    func snapshot() throws {
        var progress = try away()
        let pages = try actions(
            &progress, Self.ready("F", 90, false), Self.page(80, 500, more: true), Self.page(80, 500, more: true))
        #expect(pages == [.deliver, .deliver, .deliver])
        var lost = progress
        #expect(try actions(&progress, Self.page(80, 3, more: false)) == [.deliver, .tell(.snapshot(tasks: 1_003))])
        #expect(try target(progress) == "/ws/tasks?rooms=a&since=80&epoch=F")
        #expect(try actions(&progress, Self.event(80), Self.event(81)) == [.deliver])
        lost.begin()
        #expect(try target(lost) == "/ws/tasks?rooms=a&since=7&epoch=E", "half a snapshot is none")
        let again = try actions(&lost, Self.ready("F", 95, false), Self.page(95, 2, more: false))
        #expect(again == [.deliver, .deliver, .tell(.snapshot(tasks: 2))])
    }

    @Test("What was promised and is gone before it was sent is told later, and the snapshot comes in its place")
    func takenBack() throws {
        var progress = try away()
        _ = try actions(&progress, Self.ready("E", 20, true), Self.event(8))
        let confirmed = #"{"event":"subscription.confirmed","rooms":["a"],"epoch":"E","seq":30,"recovered":false}"#
        #expect(try actions(&progress, confirmed, Self.page(30, 2, more: true)) == [.deliver, .deliver])
        #expect(progress.position?.sequence == 8, "half a snapshot is worth nothing")
        #expect(
            try actions(&progress, Self.page(30, 1, more: false), Self.event(31))
                == [.deliver, .tell(.snapshot(tasks: 3)), .deliver])
        #expect(progress.position?.description == "E:31")
    }

    @Test("An empty snapshot is one, and a log that has gone back is believed")
    func back() throws {
        var progress = try away()
        #expect(
            try actions(&progress, Self.ready("E", 2, false), Self.page(2, 0, more: false)).last
                == .tell(.snapshot(tasks: 0)))
        #expect(try actions(&progress, Self.event(3)) == [.deliver])
        #expect(progress.position?.description == "E:3")
    }

    @Test("A position that was kept is asked for at once", arguments: ["E", ""])
    func kept(epoch: String) throws {
        let progress = FeedProgress(TaskFeed.Position(epoch: epoch, sequence: 3))
        #expect(try target(progress) == "/ws/tasks?rooms=a&since=3&epoch=\(epoch)")
    }

    @Test("With a server that does not say where it is, or not in a way that can be, all is given as it comes")
    func silent() throws {
        let long = String(repeating: "x", count: 129)
        for greeting in [
            #"{"event":"connection.ready"}"#, #"{"event":"connection.ready","seq":4}"#, Self.ready(long, 4),
            #"{"event":"connection.ready","epoch":5,"seq":4}"#, #"{"event":"connection.ready","epoch":"E","seq":4.5}"#,
            #"{"event":"connection.ready","epoch":"E","seq":99999999999999999999}"#,
        ] {
            var progress = try away()
            #expect(try actions(&progress, greeting, Self.event(7), Self.event(7), Self.event(1)).count == 4)
            #expect(try actions(&progress, #"{"event":"pong"}"#, "[]", "5", #"{"event":5}"#, "{}").count == 5)
            #expect(try target(progress) == "/ws/tasks?rooms=a&since=")
        }
    }

    @Test("The name of a history that is no word of a query does not become part of it")
    func hostile() throws {
        var progress = FeedProgress(nil)
        _ = try actions(&progress, Self.ready("a b&rooms=tasks#\\r\\nX: y", 1))
        #expect(try target(progress) == "/ws/tasks?rooms=a&since=1&epoch=a%20b%26rooms%3dtasks%23%0d%0aX%3a%20y")
    }

    @Test("A URL says where to begin in decimal digits, also as a query writes them")
    func places() throws {
        for (query, target) in [
            ("?since=5&epoch=E", "/?since=5&epoch=E"), ("?since=%35&epoch=%45", "/?since=5&epoch=E"),
            ("?since=5", "/?since=5&epoch="), ("?since=", "/?since="), ("?since", "/?since="),
            ("?epoch=E", "/?epoch=E&since="),
        ] {
            let url = try #require(WebSocketURL("ws://localhost/\(query)"))
            #expect(!url.namesNoPosition && FeedProgress(TaskFeed.Position(url)).address(on: url).target == target)
        }
    }

    @Test(
        "A place that is no number of an event is the server's to refuse, and not taken for now",
        arguments: ["abc", "-1", "+1", "1.0", "1e3", "%201", "9223372036854775808", "%"])
    func noPlaces(since: String) throws {
        let url = try #require(WebSocketURL("ws://localhost/?since=\(since)&epoch=E"))
        #expect(url.namesNoPosition)
        #expect(FeedProgress(TaskFeed.Position(url)).address(on: url).target == url.target)
    }
}
