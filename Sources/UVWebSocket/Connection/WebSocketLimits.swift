import UVHTTP

/// What a peer of a ``WebSocket`` may cost, and all of them together.
public struct WebSocketLimits: Sendable, Equatable {
    /// Bytes of a message, all its fragments together; of a compressed one those that it is inflated to, and no memory is
    /// taken for more. Beyond it: close 1009.
    public var message = 1 << 20

    /// Bytes that may be kept of messages that have not come whole, of all peers of an upgrader or a route together;
    /// never less than ``message``. Beyond it the message that has been under way longest is given up: close 1013.
    public var unfinished = 256 << 20

    /// Frames of a message, the empty ones too. Beyond it: close 1009.
    public var fragments = 4_096

    /// Frames of the peer that are heard in one turn of the loop. The rest follow in the next turns, so that a peer that
    /// sends thousands at once does not keep the others waiting.
    public var framesPerTurn = 128

    /// How long frames of the peer are heard in one turn; the one that is under way then is heard to its end.
    public var timePerTurn: Duration = .milliseconds(2)

    /// Bytes that may wait for the peer when something more is sent to it, directly or by a ``WebSocketHub``; what a hub
    /// brings in the same iteration of the loop does not count. Beyond it what has not begun to leave is dropped, and
    /// the connection is closed with 3008.
    public var outgoing = 1 << 20

    /// How long the peer has to answer a close frame, and to end the connection then. Beyond it the connection is ended.
    public var closeTimeout: Duration = .seconds(5)

    /// Rooms that one member may be in.
    public var rooms = 128

    /// The defaults.
    public init() {}
}

/// The limits of many WebSockets, which keep them once, and what they share of them.
final class SharedLimits: Sendable {
    let limits: WebSocketLimits
    let unfinished: UnfinishedMessages

    init(_ limits: WebSocketLimits) {
        self.limits = limits
        unfinished = UnfinishedMessages(limit: max(limits.unfinished, limits.message))
    }
}
