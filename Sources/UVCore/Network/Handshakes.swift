import DequeModule

/// The connections of a server whose handshake is not finished.
///
/// A handshake costs the loop's thread a signature: a part of a millisecond, and with a large key many. All other
/// connections wait for it. So the steps of a turn have a time together, and what has arrived when it is used up waits
/// for the turns to come, in its order:
///
/// ```
/// a read ──┬─ time is left, and nothing waits ──► the layer's step
///          └─ else it waits, and the socket is not read ── check phase of a later turn ──► the layer's step
/// ```
///
/// While something waits, the server accepts no connection: those that come wait with the system.
@LoopActor
final class Handshakes {
    private let security: any SocketSecurity
    private let loop: EventLoop

    /// In the order in which they came: at the limit the oldest has to go, for one that does not answer is older than
    /// all that do.
    private var sockets: [UInt64: Socket] = [:]
    private var oldest: UInt64 = 0
    private var next: UInt64 = 0

    /// What was read and waits for its turn.
    private var waiting = Deque<(socket: Socket, bytes: [UInt8])>()

    /// The last turn that has had a step, and the nanoseconds that its steps took.
    private var turn = (iteration: UInt64(0), spent: Int64(0))
    private var stepBegan: Int64 = 0

    init(by security: any SocketSecurity, on loop: EventLoop) {
        self.security = security
        self.loop = loop
    }

    /// Begins the handshake.
    ///
    /// - Parameters:
    ///   - didFail: Called when it has failed, with the reason.
    ///   - didOpen: Called, as a callback of the loop, when content may pass.
    func begin(
        with socket: Socket, didFail: @escaping (LoopError) -> Void, didOpen: @escaping () throws -> Void
    ) throws(LoopError) {
        let layer = try security.layerForServer()
        if sockets.count >= max(security.handshakeLimit, 1) { removeOldest()?.destroy(Self.tooMany) }
        let number = next
        next += 1
        sockets[number] = socket
        let didEnd = { [self] (error: LoopError?) in
            sockets[number] = nil
            if let error { didFail(error) }
        }
        socket.open(layer, didEnd: didEnd, didOpen)
    }

    private static let tooMany = LoopError(
        .connectionAborted, call: "handshake", reason: "too many handshakes are unfinished")

    /// - Complexity: O(1), amortised over those that came.
    private func removeOldest() -> Socket? {
        while oldest < next {
            defer { oldest += 1 }
            if let socket = sockets.removeValue(forKey: oldest) { return socket }
        }
        return nil
    }

    /// Ends all of them.
    func destroyAll() {
        while let socket = removeOldest() { socket.destroy() }
    }
}

// MARK: - Turns

extension Handshakes {
    /// Whether steps wait for their turn.
    var isBehind: Bool { !waiting.isEmpty }

    /// Whether a step may be taken now: nothing waits, and this turn has time for it.
    var mayTakeStep: Bool { waiting.isEmpty && hasTime() }

    /// Keeps what `socket` has read for a later turn; nothing more is read of it until then.
    func keep(_ bytes: RawSpan, of socket: Socket) {
        if waiting.isEmpty { loop.atCheck { [self] in goOn() } }
        waiting.append((socket, [UInt8](copying: bytes)))
        socket.stopReading()
    }

    /// The layer's part of a step begins: the time until ``stepEnds()`` is the handshakes'.
    func stepBegins() { stepBegan = loop.preciseTime }

    func stepEnds() { turn.spent += loop.preciseTime - stepBegan }

    /// Whether this turn has time for another step: a turn without any has for one, however little it is given.
    private func hasTime() -> Bool {
        if turn.iteration != loop.iteration { turn = (loop.iteration, 0) }
        return turn.spent < max(security.handshakeTimePerTurn.wholeNanoseconds, 1)
    }

    /// Lets those that wait go on, in the check phase: what else has arrived in this turn was read before it.
    private func goOn() {
        while hasTime(), let (socket, bytes) = waiting.popFirst() {
            if !socket.isDestroyed { socket.continueHandshake(with: bytes.span.bytes) }
            // Each is a callback of its own, as where none waits.
            guard loop.endPart() else { return }
        }
        if isBehind { loop.atCheck { [self] in goOn() } }
    }
}
