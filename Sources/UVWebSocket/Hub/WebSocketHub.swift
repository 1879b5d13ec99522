public import UVCore

/// Many WebSockets, in rooms: what is sent to a room reaches each of its members once, in the order it was sent.
///
/// ```swift
/// hub.join(socket, "tasks")
/// hub.broadcast("hello", to: "tasks")
/// ```
///
/// A message is encoded once, whatever the number of members. What an iteration of the loop brings for a member is
/// collected and written as one, at the start of check:
///
/// ```
/// broadcast ─► one frame ─► the outbox of each member ─┐
/// broadcast ─► one frame ─► the outbox of each member ─┴─► check: one write a member
/// ```
@LoopActor
public final class WebSocketHub {
    /// A member's entry.
    struct Membership {
        let hub: WebSocketHub
        var rooms: Set<RoomName> = []
        /// The place in `members`.
        var index: Int
        var heart = Heartbeat()
    }

    /// After how long without a byte a member is pinged, and after how long without an answer to that it is ended.
    ///
    /// A member is not ended while it takes the bytes that wait for it, or while it is paused and none wait.
    public let heartbeat: Duration

    /// Members that were closed because too many bytes waited for them.
    public private(set) var slowConsumersClosed = 0

    /// All members, in no order.
    public private(set) var members: [WebSocket] = []

    let loop = EventLoop.current
    private var rooms: [RoomName: Room] = [:]
    var sweep: Timeout?

    /// Members whose outbox is written at the next check.
    private var unflushed: [WebSocket] = []

    /// Counts the times from one check to the next in which something was broadcast.
    private(set) var turn: UInt64 = 0
    private var hasBroadcast = false

    /// - Parameter heartbeat: Zero for none.
    public init(heartbeat: Duration = .seconds(30)) {
        self.heartbeat = heartbeat
    }

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

    /// The members of `room`, in no order.
    public func members(of room: RoomName) -> [WebSocket] { rooms[room]?.members ?? [] }

    /// The rooms that `member` is in.
    public func rooms(of member: WebSocket) -> Set<RoomName> { isMember(member) ? member.membership?.rooms ?? [] : [] }

    private func isMember(_ socket: WebSocket) -> Bool { socket.membership?.hub === self }

    /// A member is closed because too many bytes wait for it.
    func didFindSlow() { slowConsumersClosed += 1 }
}

// MARK: - Joining

extension WebSocketHub {
    /// Why a WebSocket cannot join.
    public enum JoinError: Error, Hashable, Sendable {
        /// The member is in as many rooms as ``WebSocketLimits/rooms`` allows.
        case tooManyRooms
    }

    /// Makes `socket` a member, in no room yet: its heart is watched from now on. Silent if it is one.
    ///
    /// - Precondition: it is in no other hub.
    public func add(_ socket: WebSocket) {
        precondition(socket.membership == nil || isMember(socket), "a WebSocket is in one hub at a time")
        guard socket.membership == nil, socket.readyState != .closed else { return }
        socket.membership = Membership(hub: self, index: members.count)
        members.append(socket)
        startHeartbeat()
    }

    /// Lets `socket` hear what is sent to `room`. Silent if it does already.
    ///
    /// - Complexity: O(1).
    public func join(_ socket: WebSocket, _ room: RoomName) throws(JoinError) {
        add(socket)
        guard let rooms = socket.membership?.rooms, !rooms.contains(room) else { return }
        guard rooms.count < socket.limits.rooms else { throw .tooManyRooms }
        socket.membership?.rooms.insert(room)
        let members = self.rooms[room] ?? Room()
        self.rooms[room] = members
        members.insert(socket)
    }

    /// Ends what ``join(_:_:)`` began. Silent if `socket` is not in `room`.
    ///
    /// - Complexity: O(1).
    public func leave(_ socket: WebSocket, _ room: RoomName) {
        guard isMember(socket), socket.membership?.rooms.remove(room) != nil, let members = rooms[room] else { return }
        members.remove(socket)
        if members.members.isEmpty { rooms[room] = nil }
    }

    /// Takes `socket` out of all rooms and out of the hub. Closed members leave by themselves.
    ///
    /// - Complexity: O(rooms that it is in).
    public func remove(_ socket: WebSocket) {
        guard isMember(socket), let membership = socket.membership else { return }
        for room in membership.rooms { leave(socket, room) }
        socket.membership = nil
        let last = members.removeLast()
        if last !== socket {
            members[membership.index] = last
            last.membership?.index = membership.index
        }
        if members.isEmpty {
            sweep?.cancel()
            sweep = nil
        }
    }
}

// MARK: - Sending

extension WebSocketHub {
    /// Sends the text `message` to every member of `room`, but not to `sender`.
    ///
    /// The frame is encoded once, and an iteration of the loop sends 256 KiB at most, or one larger message; the rest
    /// goes in the next ones. A member for which more than ``WebSocketLimits/outgoing`` bytes wait already, without what
    /// this iteration has brought, is closed with ``CloseCode/slowConsumer``; the others still get the message.
    /// - Complexity: O(members of `room`).
    public func broadcast(_ message: String, to room: RoomName, except sender: WebSocket? = nil) {
        broadcast(.text, message.utf8, to: members(of: room), except: sender)
    }

    /// Sends the text `message` to every member of at least one of `rooms`, once to each.
    ///
    /// - Complexity: O(members of all the rooms).
    public func broadcast(_ message: String, to rooms: [RoomName]) {
        broadcast(.text, message.utf8, to: members(of: rooms), except: nil)
    }

    /// Sends the text message whose UTF-8 is `json` to every member of `room`. See ``broadcast(_:to:except:)-(String,_,_)``.
    public func broadcast(json: [UInt8], to room: RoomName, except sender: WebSocket? = nil) {
        broadcast(.text, json, to: members(of: room), except: sender)
    }

    /// Sends the text message whose UTF-8 is `json` to every member of at least one of `rooms`, once to each.
    ///
    /// - Complexity: O(members of all the rooms).
    public func broadcast(json: [UInt8], to rooms: [RoomName]) {
        broadcast(.text, json, to: members(of: rooms), except: nil)
    }

    private func members(of rooms: [RoomName]) -> [WebSocket] {
        var seen: Set<ObjectIdentifier> = []
        return rooms.flatMap { members(of: $0) }.filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    /// Sends a message of either kind to all members.
    public func broadcast(_ message: WebSocketMessage, except sender: WebSocket? = nil) {
        broadcast(message.kind == .text ? .text : .binary, message.bytes, to: members, except: sender)
    }

    private func broadcast(
        _ opcode: Opcode, _ payload: some Collection<UInt8>, to members: [WebSocket], except sender: WebSocket?
    ) {
        guard !members.isEmpty else { return }
        let frame = FrameEncoder.encode(opcode, payload)
        flushAtCheck()
        for member in members where member !== sender && member.readyState == .open {
            let wasEmpty = member.outbox.isEmpty
            // A member with a rest of earlier messages goes on by itself.
            if member.collect(opcode, payload, shared: frame), wasEmpty { unflushed.append(member) }
        }
    }

    private func flushAtCheck() {
        guard !hasBroadcast else { return }
        hasBroadcast = true
        loop.atCheck { [self] in
            hasBroadcast = false
            turn += 1
            let members = unflushed
            unflushed.removeAll(keepingCapacity: true)
            for member in members { member.flushOutbox() }
        }
    }
}

// MARK: - The end

extension WebSocketHub {
    /// Closes every member; `done` is called when all are gone.
    public func shutdown(
        _ code: CloseCode = .goingAway, reason: String = "", _ done: @escaping () throws -> Void = {}
    ) {
        let leaving = members
        var left = leaving.count
        guard left > 0 else { return loop.nextTick { [loop] in loop.contain(done) } }
        for member in leaving {
            member.afterClose {
                left -= 1
                if left == 0 { try done() }
            }
            member.close(code, reason: reason)
        }
    }

    /// Ends every connection now.
    public func terminateAll() {
        for member in members { member.terminate() }
    }
}
