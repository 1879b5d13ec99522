import TaskEngine
import UVCore
import UVWebSocket

/// The rooms of one listener: which events it hears, and which tasks those events are about.
///
/// An event goes to `tasks`, to `project-NAME` of each project that it concerns, and to `task-ID`.
struct ListenerRooms {
    /// The room that gets every event.
    private static let all: RoomName = "tasks"
    /// Where a listener is that names no room.
    static let standard = ListenerRooms([all])

    /// In the order in which they were named.
    let names: [RoomName]
    private let members: Set<RoomName>

    /// - Parameter names: Each once.
    init(_ names: [RoomName]) {
        self.names = names
        members = Set(names)
    }

    func contains(_ name: RoomName) -> Bool { members.contains(name) }

    /// Whether the listener is told of `event`.
    func hear(_ event: TaskEvent) -> Bool {
        contains(Self.all) || Self.names(of: event).contains(where: contains)
    }

    /// Whether the listener is told of what happens to `task` as it is now.
    func admit(_ task: TaskRecord) -> Bool {
        contains(Self.all) || Self.names(of: task.id, in: [task.project].compactMap(\.self)).contains(where: contains)
    }

    /// The rooms that an event goes to.
    static func names(of event: TaskEvent) -> [RoomName] { names(of: event.taskID, in: event.projects) }

    private static func names(of task: TaskID, in projects: [String]) -> [RoomName] {
        [all] + (projects.map { "project-\($0)" } + ["task-\(task)"]).compactMap { RoomName($0) }
    }
}

// MARK: - What a client names

extension ListenerRooms {
    /// The rooms that a query names, or the one that gets every event.
    init(_ query: Query) throws(Query.Invalid) {
        let rule = "1 to \(WebSocketLimits().rooms) names of 1 to \(RoomName.longest) bytes, between commas"
        self = try query.value("rooms", rule: rule) { list in Self(listed: list) } ?? .standard
    }

    private init?(listed list: String) {
        let names = list.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard let rooms = Self.read(names), rooms.count <= WebSocketLimits().rooms else { return nil }
        self.init(rooms)
    }

    /// The rooms of those names, each once, in the order of their first mention; nil if one is no name. A client can be in
    /// ``WebSocketLimits/rooms``: of more names one more is returned, and the others are not looked at.
    static func read(_ names: [String]) -> [RoomName]? {
        var rooms: [RoomName] = []
        var seen: Set<RoomName> = []
        for name in names {
            guard let room = RoomName(name) else { return nil }
            if seen.insert(room).inserted { rooms.append(room) }
            if rooms.count > WebSocketLimits().rooms { break }
        }
        return rooms
    }
}
