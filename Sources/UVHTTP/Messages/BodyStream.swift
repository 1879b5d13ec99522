import DequeModule

/// How far a request's body was read, as Node's `Readable` keeps it.
///
/// ```
/// deliver ──► a reader that reads already ──► onData, onBytes
///    └──────► pieces ── a tick after the reader came ──► onData, onBytes ──► onEnd ── two ticks ──► onClose
/// ```
struct BodyStream {
    enum Flow {
        /// No reader has come.
        case undecided
        case flowing, paused
    }

    enum End {
        case ahead
        /// ``IncomingMessage/onEnd`` is called in a tick.
        case scheduled
        /// It was reached before ``IncomingMessage/onEnd`` was set.
        case unheard
        case told
    }

    var flow = Flow.undecided
    var end = End.ahead

    /// Whether a reader has looked for content before all of it was there: from then on what arrives goes straight to the
    /// reader. `_consumed` in Node.
    var wasRead = false

    /// What has arrived and has no reader yet.
    var pieces = Deque<[UInt8]>()
    var length = 0
}
