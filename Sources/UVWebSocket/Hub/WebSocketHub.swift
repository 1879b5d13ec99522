public import UVCore

/// Many WebSockets, in rooms: what is sent to a room reaches each of its members once, in the order it was sent.
///
/// ```swift
/// try hub.join(socket, "tasks")
/// hub.broadcast("hello", to: "tasks")
/// ```
///
/// A message is encoded once, whatever the number of members. What an iteration of the loop brings for a member is
/// collected and written as one, at the start of check:
///
/// ```
/// broadcast ─┬─► batch: frames for the same members ─► the outbox of each member ─┐
/// broadcast ─┘                                                                    │
/// broadcast ───► batch: frames for other members ────► the outbox of each member ─┴─► check: one write a member
/// ```
@LoopActor
public final class WebSocketHub {
    /// After how long without a byte a member is pinged, and after how long without an answer to that it is ended. Zero
    /// where there is no heartbeat.
    ///
    /// A member is not ended while it takes the bytes that wait for it, or while it is paused and none wait.
    public var heartbeat: Duration { heart.limit }

    /// Members that were closed because too many bytes waited for them.
    public var slowConsumersClosed: Int {
        settle()
        return slowConsumers
    }

    private var slowConsumers = 0
    let loop = EventLoop.current
    private let heart: Heartbeat
    private(set) var entries: [Member] = []
    var rooms: [RoomName: Room] = [:]
    /// What is broadcast in the present turn, from one check phase to the next.
    ///
    /// Unchecked for exclusive access: each message that is sent looks at it, and no callback of the program runs while a
    /// part of it is being changed.
    @exclusivity(unchecked) var turn = Turn()

    /// - Parameter heartbeat: Zero for none.
    public init(heartbeat: Duration = .seconds(30)) { heart = Heartbeat(heartbeat) }

    /// How many members there are.
    public var memberCount: Int { entries.count }

    /// All members, in no order.
    ///
    /// - Complexity: O(members).
    public var members: [WebSocket] { entries.map(\.socket) }

    /// The members of `room`, in no order.
    ///
    /// - Complexity: O(members of `room`).
    public func members(of room: RoomName) -> [WebSocket] { rooms[room]?.members.map(\.socket) ?? [] }

    /// The rooms that `member` is in.
    public func rooms(of member: WebSocket) -> Set<RoomName> {
        guard let member = entry(of: member) else { return [] }
        return Set(member.places.map(\.room.name))
    }

    func entry(of socket: WebSocket) -> Member? {
        guard let member = socket.owner as? Member, member.hub === self else { return nil }
        return member
    }

    func didFindSlow() { slowConsumers += 1 }
}

// MARK: - Members

extension WebSocketHub {
    /// Makes `socket` a member, in no room yet: its heart is watched from now on. Silent if it is one.
    ///
    /// - Precondition: it is in no other hub.
    public func add(_ socket: WebSocket) { _ = enter(socket) }

    /// Takes `socket` out of all rooms and out of the hub. Closed members leave by themselves.
    ///
    /// - Complexity: as of ``leave(_:_:)-(WebSocket,RoomName)``, for each of its rooms.
    public func remove(_ socket: WebSocket) {
        guard let member = entry(of: socket) else { return }
        remove(member)
        socket.owner = nil
    }

    /// The entry of `socket`, made if there is none; nil if its connection is gone.
    func enter(_ socket: WebSocket) -> Member? {
        if let member = entry(of: socket) { return member }
        if socket.owner != nil { programError("a WebSocket is in one hub at a time") }
        guard !socket.state.isClosed else { return nil }
        settle()
        let member = Member(socket, in: self, at: entries.count)
        socket.owner = member
        entries.append(member)
        // A copy: members leave while it is walked.
        heart.start { [self] limit in for member in entries { member.socket.beat(&member.pulse, limit) } }
        return member
    }

    /// The last member takes the place of the one that leaves.
    func remove(_ member: Member) {
        settle()
        for place in member.places { leave(member, place.room) }
        let last = entries.removeLast()
        if last !== member {
            entries[member.index] = last
            last.index = member.index
        }
        if entries.isEmpty { heart.stop() }
    }
}

// MARK: - The end

extension WebSocketHub {
    /// Closes every member; `done` is called when all are gone.
    public func shutdown(
        _ code: CloseCode = .goingAway, reason: String = "", _ done: @escaping () throws -> Void = {}
    ) {
        shutdown(code, perTurn: .max, reason: { reason }, done)
    }

    /// Closes every member, so many in an iteration of the loop, each with what `reason` says then; `done` is called when
    /// all are gone. Until a member's turn has come it gets what is sent to it, as before.
    ///
    /// - Precondition: `portion` is positive.
    public func shutdown(
        _ code: CloseCode = .goingAway, perTurn portion: Int, reason: @escaping () -> String,
        _ done: @escaping () throws -> Void = {}
    ) {
        if portion <= 0 { programError("a hub closes some members in each turn") }
        let leaving = members
        var left = leaving.count
        guard left > 0 else { return loop.nextTick { [loop] in loop.contain("a hub's shutdown", done) } }
        for member in leaving {
            member.afterClose { _, _ in
                left -= 1
                if left == 0 { try done() }
            }
        }
        loop.inPortions(of: portion, leaving[...]) { member in member.close(code, reason: reason()) }
    }

    /// Ends every connection now.
    public func terminateAll() {
        for member in members { member.terminate() }
    }
}
