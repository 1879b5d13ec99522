/// The keys of a store. They share a hash tag, so that all lie on one node.
struct RedisKeys {
    private let tag: String

    init(_ store: String) { tag = "{\(store)}" }

    /// A hash: the name of the history, its last number, that append, the highest id that was given, the generation of the
    /// server that may append.
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
    /// The server that uses the store, for as long as it says so.
    var holder: String { tag + ":holder" }

    /// In the order in which the scripts have them.
    var all: [String] { [end, events, tasks, bodies, projects, keyed, needed, gone, holder] }
}
