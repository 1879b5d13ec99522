import TaskEngine

/// The keys of a store. They share a hash tag, so that all lie on one node.
struct RedisKeys {
    private let tag: String

    init(_ store: String) { tag = "{\(store)}" }

    /// A hash: the form of the store, the name of the history, its last number, that append, the highest id that was given,
    /// the last generation and the last number of a server, how often the settings have changed, the run of Redis that has
    /// written its file anew.
    var end: String { tag + ":end" }
    /// A stream: the events, by their numbers.
    var events: String { tag + ":events" }
    /// A hash: the tasks as they are now, by their ids.
    var tasks: String { tag + ":tasks" }
    /// A hash: payloads and results.
    var bodies: String { tag + ":bodies" }
    /// A hash: the settings of projects.
    var projects: String { tag + ":projects" }
    /// A stream: what was done under which key, by the events' numbers.
    var keyed: String { tag + ":keyed" }
    /// A set: the tasks that others need.
    var needed: String { tag + ":needed" }
    /// A hash: those of them that were deleted, and by which event. Older rows name them still.
    var gone: String { tag + ":gone" }
    /// A hash: the generation and the name of each server that uses the store, by the server's number.
    var servers: String { tag + ":servers" }
    /// A hash: what each server counts up to say that it is there.
    var beats: String { tag + ":beats" }
    /// A hash: the event behind which each server that reads the store will go on. It is gone by itself in time.
    var loading: String { tag + ":loading" }
    /// The server whose append comes next, for a moment.
    var turn: String { tag + ":turn" }

    /// A stream: the server that has joined last. One that is alone waits for an entry, and for none of ``events``.
    var joins: String { tag + ":joins" }

    /// A hash: what all servers have to be set to alike, by flags.
    var settings: String { tag + ":settings" }

    /// A hash that is gone by itself in time: what one server tells the others under that id.
    func note(of id: TaskID) -> String { "\(tag):note:\(id)" }

    /// Each with what the scripts call it, in their order.
    private var named: [(name: String, key: String)] {
        [
            ("log", end), ("events", events), ("tasks", tasks), ("bodies", bodies), ("projects", projects),
            ("keyed", keyed), ("needed", needed), ("gone", gone), ("servers", servers), ("beats", beats),
            ("loading", loading), ("turn", turn), ("joins", joins), ("settings", settings),
        ]
    }

    var all: [String] { named.map(\.key) }

    static let names = RedisKeys("").named.map(\.name)
}
