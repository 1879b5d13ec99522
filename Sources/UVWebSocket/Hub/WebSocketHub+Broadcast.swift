import UVCore

extension WebSocketHub {
    /// The members that a message is for. A room's name may stand for itself: `hub.broadcast("hello", to: "tasks")`.
    public enum Audience: Sendable {
        /// Every member, in a room or not.
        case all
        /// The members of a room.
        case room(RoomName)
        /// The members of at least one of these rooms, once each.
        case rooms([RoomName])
    }

    /// Sends `message` to every member of `audience`, but not to `sender`.
    ///
    /// The frame is encoded once, and where it is compressed that is done once, too, for all members that look back equally
    /// far. An iteration of the loop sends 256 KiB at most, or one larger message; the rest goes in the next ones. A member
    /// for which more than ``WebSocketLimits/outgoing`` bytes wait already, without what this iteration has brought, is
    /// closed with ``CloseCode/slowConsumer``; the others still get the message.
    /// - Complexity: O(members of all the rooms).
    public func broadcast(_ message: WebSocketMessage, to audience: Audience, except sender: WebSocket? = nil) {
        switch audience {
        case .all: send(message, to: .all, except: sender)
        case .room(let name): if let room = rooms[name] { send(message, to: .room(room), except: sender) }
        case .rooms(let names):
            let found = names.compactMap { rooms[$0] }
            if found.count > 1 { return send(message, to: .rooms(found), except: sender) }
            if let room = found.first { send(message, to: .room(room), except: sender) }
        }
    }

    /// Sends a text to every member of `audience`, but not to `sender`. See ``broadcast(_:to:except:)-(WebSocketMessage,_,_)``.
    public func broadcast(_ text: String, to audience: Audience, except sender: WebSocket? = nil) {
        broadcast(WebSocketMessage(text), to: audience, except: sender)
    }

    /// Whether a message for `audience` would reach a member, so that one need not be made for none.
    package func hasMembers(in audience: Audience) -> Bool {
        switch audience {
        case .all: !entries.isEmpty
        case .room(let name): rooms[name] != nil
        case .rooms(let names): names.contains { rooms[$0] != nil }
        }
    }

    /// A number that is another one each time that something was sent to `socket` as a member; 0 before the first.
    package func lastHeard(by socket: WebSocket) -> UInt64 {
        settle()
        return entry(of: socket)?.lastHeard ?? 0
    }

    private func send(_ message: WebSocketMessage, to audience: Batch.Audience, except sender: WebSocket?) {
        guard !entries.isEmpty else { return }
        if !turn.batch.isFor(audience, except: sender) { settle() }
        turn.batch.append(message, for: audience, except: sender)
        if !turn.isRunning {
            turn.isRunning = true
            loop.atCheck { [self] in endTurn() }
        }
        // Portions are made of whole batches.
        if turn.batch.frames.count >= Batch.most { settle() }
    }

    /// Puts what was broadcast to the same members into the outbox of each.
    func settle() {
        guard let audience = turn.batch.audience else { return }
        var batch = turn.takeBatch()
        turn.number &+= 1
        switch audience {
        case .all: for member in entries { deliver(&batch, to: member) }
        case .room(let room): for member in room.members { deliver(&batch, to: member) }
        case .rooms(let rooms):
            for room in rooms {
                for member in room.members where member.lastHeard != turn.number { deliver(&batch, to: member) }
            }
        }
    }

    private func deliver(_ batch: inout Batch, to member: Member) {
        member.lastHeard = turn.number
        let socket = member.socket
        guard socket !== batch.sender, socket.state.isOpen else { return }
        let isFirst = !socket.state.outbox.isFresh
        let packed = socket.deflaterOfServer.flatMap { $0.takeShared(from: &batch) }
        if socket.collect(batch.messages, as: packed ?? batch.frames), isFirst { turn.members.append(member) }
    }

    private func endTurn() {
        settle()
        turn.isRunning = false
        // No code of the program runs meanwhile, so nothing is delivered.
        for member in turn.members { member.socket.endTurn() }
        turn.members.removeAll(keepingCapacity: true)
    }
}

extension WebSocketHub.Audience: ExpressibleByStringLiteral {
    public init(stringLiteral name: String) { self = .room(RoomName(stringLiteral: name)) }
}

// MARK: - Compressed

extension WebSocket {
    /// A client's end gets what a hub sends as it is: each of its frames is its own.
    fileprivate var deflaterOfServer: MessageDeflater? {
        guard let deflate = state.assembler.deflate, role == .server else { return nil }
        return deflate.deflater
    }
}

extension MessageDeflater {
    /// The frames that the peer gets as all do that look back equally far; nil when none of them is compressed.
    fileprivate func takeShared(from batch: inout Batch) -> [UInt8]? {
        guard let frames = batch.frames(packedBy: shared) else { return nil }
        didSendShared()
        return frames
    }
}
