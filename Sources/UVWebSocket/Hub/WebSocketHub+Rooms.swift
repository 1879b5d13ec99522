import UVCore

extension WebSocketHub {
    /// Why a WebSocket cannot join.
    public enum JoinError: Error, Hashable, Sendable {
        /// The member is in as many rooms as ``WebSocketLimits/rooms`` allows.
        case tooManyRooms
        /// The text is no room's name: it is empty, or longer than ``RoomName/longest`` bytes.
        case invalidName
    }

    /// Lets `socket` hear what is sent to `room`, as a member. Silent if it does already.
    ///
    /// - Complexity: O(rooms that it is in).
    /// - Precondition: it is in no other hub.
    public func join(_ socket: WebSocket, _ room: RoomName) throws(JoinError) {
        guard let member = enter(socket) else { return }
        let joined = rooms[room] ?? Room(room)
        guard !joined.has(member) else { return }
        guard member.places.count < socket.limits.rooms else { throw .tooManyRooms }
        settle()
        rooms[room] = joined
        joined.insert(member)
    }

    /// Lets `socket` hear what is sent to the room of a name that the program was given, such as a part of a path.
    ///
    /// - Complexity: O(rooms that it is in).
    /// - Precondition: it is in no other hub.
    public func join(_ socket: WebSocket, _ name: String) throws(JoinError) {
        guard let room = RoomName(name) else { throw .invalidName }
        try join(socket, room)
    }

    /// Ends what ``join(_:_:)-(WebSocket,RoomName)`` began. Silent if `socket` is not in `room`.
    ///
    /// - Complexity: O(rooms that it, and the member that takes its place, are in).
    public func leave(_ socket: WebSocket, _ room: RoomName) {
        guard let member = entry(of: socket), let room = rooms[room] else { return }
        settle()
        leave(member, room)
    }

    /// Ends what ``join(_:_:)-(WebSocket,String)`` began. Silent if `socket` is not in a room of this name.
    ///
    /// - Complexity: as of ``leave(_:_:)-(WebSocket,RoomName)``.
    public func leave(_ socket: WebSocket, _ name: String) {
        if let room = RoomName(name) { leave(socket, room) }
    }

    /// Lets `member` leave `room`, which is no room any more when it is empty.
    func leave(_ member: Member, _ room: Room) {
        room.remove(member)
        if room.members.isEmpty { rooms[room.name] = nil }
    }
}

// MARK: - How many there are

extension WebSocketHub {
    /// The rooms with at least one member, and how many each has.
    public var roomSizes: [RoomName: Int] { rooms.mapValues(\.members.count) }

    /// How many rooms have at least one member.
    package var roomCount: Int { rooms.count }

    /// The rooms with the most members, the largest first, those of one size in the order of their names.
    ///
    /// - Complexity: O(rooms), and O(`count`) for each that is among the largest so far.
    package func largestRooms(_ count: Int) -> [(room: RoomName, size: Int)] {
        var largest: [(room: RoomName, size: Int)] = []
        for (room, content) in rooms {
            let size = content.members.count
            func isBehind(_ other: (room: RoomName, size: Int)) -> Bool {
                size == other.size ? ByteText(other.room.text) < ByteText(room.text) : size < other.size
            }
            if largest.count == count, let last = largest.last, isBehind(last) { continue }
            largest.insert((room, size), at: largest.firstIndex { !isBehind($0) } ?? largest.endIndex)
            if largest.count > count { largest.removeLast() }
        }
        return largest
    }
}
