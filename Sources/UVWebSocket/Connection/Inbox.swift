/// What has been read from a peer and not been delivered, because the program has paused, or because it was too much for one
/// turn of the loop.
///
/// Nothing more is read until it is empty, so it holds one message and the rest of one read at most.
struct Inbox {
    /// The undelivered end of a read.
    struct Rest {
        let bytes: [UInt8]
        /// Where it goes on. Moving this, and not the bytes, keeps a program that pauses at each message linear.
        var offset = 0
    }

    var isPaused = false

    /// Whether it goes on in a turn to come: see ``ReadingTurns``.
    var isWaiting = false

    /// Whether the peer has ended behind what is kept.
    var hasEnd = false

    /// The message that came first while the program had paused.
    var message: WebSocketMessage?

    /// What has come behind that.
    private var rest: Rest?

    var isEmpty: Bool { message == nil && rest == nil }

    /// Keeps what is left of `rest`, if anything is.
    mutating func keep(_ rest: Rest) {
        if rest.offset < rest.bytes.count { self.rest = rest }
    }

    mutating func takeMessage() -> WebSocketMessage? { message.take() }

    mutating func takeRest() -> Rest? { rest.take() }
}
