import UVCore
package import UVWebSocket

/// Where a feed stands in its server's history, and what each message means for that.
///
/// ```
/// connect ──► connection.ready ─┬─ the first ──────────────────────────────────────────► live events
///  since=SEQ                    ├─ recovered ─────► the missed events, up to its seq ──►
///  epoch=E                      └─ not recovered ─► pages of a snapshot, all of seq S ─►
/// ```
///
/// The position moves with each event, and with what the server says of quiet rooms; but behind a snapshot only when its
/// last page is there, so that a client that lost half of one gets it whole the next time.
///
/// It is a value that owns no connection: a test is a row of messages, and the actions that come of each.
package struct FeedProgress {
    /// What is to be done, in order.
    package enum Action: Hashable, Sendable {
        /// Give the message to the program.
        case deliver
        /// Ask the server whether all that was missed has been sent: its pong says where it is.
        case ask
        case tell(TaskFeed.Resumption)
    }

    private enum Stage {
        /// The server has not said where in its history it is.
        case silent
        case live
        /// The events that were missed come, up to the one of that number. The last of them may be of other rooms: so the
        /// server is asked where it is, one question at a time.
        case replay(upTo: Int, isAsked: Bool)
        /// Pages of a snapshot come, so many tasks by now.
        case snapshot(of: String, tasks: Int)
    }

    private var stage = Stage.silent

    /// Nil when nothing is known that could be resumed.
    package private(set) var position: TaskFeed.Position?

    /// Events that were missed and have come, and were not told of.
    private var missed = 0

    package init(_ position: TaskFeed.Position?) { self.position = position }

    /// What is added to the URL of the next connection.
    package func address(on url: WebSocketURL) -> WebSocketURL {
        guard let position else {
            // A place that is none is the server's to refuse. Empty is from now on, and says that the client wants to know
            // where it stands.
            return url.namesNoPosition ? url : url.setting("since", to: "")
        }
        return url.setting("since", to: "\(position.sequence)").setting("epoch", to: position.epoch)
    }

    /// A connection begins.
    package mutating func begin() { stage = .silent }

    package mutating func receive(_ message: FeedMessage) -> [Action] {
        switch message.kind {
        case .ready: greet(message)
        case .snapshot: takePage(message)
        case .position: [.deliver] + move(to: message.sequence)
        case .pong: takePong(message)
        case .other: takeEvent(message)
        }
    }

    private mutating func greet(_ message: FeedMessage) -> [Action] {
        guard let start = TaskFeed.Position(message) else {
            (position, stage) = (nil, .silent)
            return [.deliver]
        }
        switch (position, message.isRecovered) {
        case (let position?, true?) where position.epoch.isSame(as: start.epoch):
            stage = .replay(upTo: start.sequence, isAsked: true)
            return [.deliver] + (position.sequence < start.sequence ? [.ask] : finishReplay())
        case (_?, false?):
            stage = .snapshot(of: start.epoch, tasks: 0)
        default:
            (position, stage, missed) = (start, .live, 0)
        }
        return [.deliver]
    }

    private mutating func takePage(_ page: FeedMessage) -> [Action] {
        guard case .snapshot(let epoch, let count) = stage, let sequence = page.sequence else { return [.deliver] }
        let tasks = count + page.taskCount
        if page.hasMore {
            stage = .snapshot(of: epoch, tasks: tasks)
            return [.deliver]
        }
        (position, stage, missed) = (TaskFeed.Position(epoch: epoch, sequence: sequence), .live, 0)
        return [.deliver, .tell(.snapshot(tasks: tasks))]
    }

    /// Nothing but this feed asks on its connection, so the answer is no message for the program.
    private mutating func takePong(_ message: FeedMessage) -> [Action] {
        if case .silent = stage { return [.deliver] }
        if case .replay(let end, _) = stage { stage = .replay(upTo: end, isAsked: false) }
        return move(to: message.sequence)
    }

    /// All events of the rooms up to `sequence` have been sent.
    private mutating func move(to sequence: Int?) -> [Action] {
        guard let sequence, let position, sequence > position.sequence else { return [] }
        switch stage {
        case .silent, .snapshot: return []
        case .replay, .live: self.position?.sequence = sequence
        }
        if case .replay(let end, _) = stage, sequence < end { return [] }
        return finishReplay()
    }

    private mutating func takeEvent(_ event: FeedMessage) -> [Action] {
        guard let sequence = event.sequence, let position else { return [.deliver] }
        switch stage {
        case .silent, .snapshot: return [.deliver]
        case .live, .replay: break
        }
        // It was here before.
        guard sequence > position.sequence else { return [] }
        self.position?.sequence = sequence
        guard case .replay(let end, let isAsked) = stage else { return [.deliver] }
        if sequence > end { return finishReplay() + [.deliver] }
        missed += 1
        if sequence == end { return [.deliver] + finishReplay() }
        stage = .replay(upTo: end, isAsked: true)
        return isAsked ? [.deliver] : [.deliver, .ask]
    }

    /// All that was missed is there, if something was.
    private mutating func finishReplay() -> [Action] {
        guard case .replay = stage else { return [] }
        defer { missed = 0 }
        stage = .live
        return [.tell(.recovered(missed: missed))]
    }
}
