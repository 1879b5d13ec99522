import TaskEngine
import UVCore
import UVHTTP
import UVWebSocket

/// The rooms of one listener: which events it hears, and which tasks those events are about.
///
/// An event goes to `tasks`, to `project-NAME` of each project that it concerns, and to `task-ID`; one that is no task's
/// goes to `queue`, so that no listener in the others hears of what it does not know.
struct ListenerRooms {
    /// The room that gets every event.
    private static let all: RoomName = "tasks"
    /// The room of what happens to the queue itself.
    private static let queue: RoomName = "queue"
    /// Where a listener is that names no room.
    static let standard = ListenerRooms([all])

    /// In the order in which they were named.
    let names: [RoomName]

    // What the names are about, so that no event and no task needs a name to be looked at.

    private let hearsAll: Bool
    private let hearsQueue: Bool
    private let projects: Set<ByteText>
    private let tasks: Set<TaskID>

    /// - Parameter names: Each once.
    init(_ names: [RoomName]) {
        self.names = names
        hearsAll = names.contains(Self.all)
        hearsQueue = names.contains(Self.queue)
        projects = Set(names.compactMap { $0.text.dropping(prefix: "project-").map { ByteText($0) } })
        tasks = Set(names.compactMap { $0.text.dropping(prefix: "task-").flatMap(Self.id) })
    }

    /// The id that an event's room has in its name: in lower case, as ids are written.
    private static func id(_ text: String) -> TaskID? {
        TaskID(text).flatMap { $0.description.isSame(as: text) ? $0 : nil }
    }

    /// Whether the listener is told of `event`.
    func hear(_ event: TaskEvent) -> Bool {
        guard let id = event.taskID else { return hearsQueue }
        if hearsAll || tasks.contains(id) { return true }
        return !projects.isEmpty && event.projects.contains { projects.contains(ByteText($0)) }
    }

    /// Whether the listener is told of what happens to `task` as it is now.
    func admit(_ task: TaskRecord) -> Bool {
        if hearsAll || tasks.contains(task.id) { return true }
        return task.project.map { projects.contains(ByteText($0)) } ?? false
    }

    /// The only tasks that the listener can be told of, in the order of their creation; nil where others may be, too.
    var onlyTasks: [TaskID]? { hearsAll || !projects.isEmpty ? nil : tasks.sorted() }

    /// The rooms that an event goes to.
    static func names(of event: TaskEvent) -> [RoomName] {
        guard let id = event.taskID else { return [queue] }
        return [all] + (event.projects.map { "project-\($0)" } + ["task-\(id)"]).compactMap { RoomName($0) }
    }
}

extension String {
    /// What follows `prefix`, where the text begins with it.
    fileprivate func dropping(prefix: String) -> String? {
        begins(with: prefix) ? String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : nil
    }
}

// MARK: - What a client names

extension ListenerRooms {
    /// The rooms that a query names, or the one that gets every event.
    init(_ query: QueryParameters) throws(QueryParameters.Invalid) {
        let rule = "1 to \(WebSocketLimits().rooms) names of 1 to \(RoomName.longest) bytes, between commas"
        self = try query.value("rooms", rule: rule) { list in Self(listed: list) } ?? .standard
    }

    private init?(listed list: String) {
        let names = list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let rooms = Self.read(names), rooms.count <= WebSocketLimits().rooms else { return nil }
        self.init(rooms)
    }

    /// The rooms of those names, each once, in the order of their first mention; nil if one is no name. Of more names than
    /// `most` one more is returned, and the others are not looked at.
    static func read(_ names: [String], atMost most: Int = WebSocketLimits().rooms) -> [RoomName]? {
        var rooms: [RoomName] = []
        var seen: Set<RoomName> = []
        for name in names {
            guard let room = RoomName(name) else { return nil }
            if seen.insert(room).inserted { rooms.append(room) }
            if rooms.count > most { break }
        }
        return rooms
    }
}
