import UVCore

/// What a WebSocket belongs to, and tells what concerns it: its place in a hub.
@LoopActor
protocol WebSocketOwner: AnyObject {
    /// Something is about to be sent, or to be known of what waits: all that is meant for the peer goes into the outbox.
    func settle()

    /// Too many bytes wait for the peer, and it is being closed.
    func didFallBehind()

    /// The connection is gone; the program is told next.
    func didClose()
}
