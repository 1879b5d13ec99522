/// What one peer may cost: every bound of the HTTP server, named, with its default.
///
/// Sizes are bytes, times are `Duration`. A message exactly at a limit is accepted, one beyond it is refused.
///
/// ```swift
/// var limits = HTTPLimits()
/// limits.body = 16 << 20
/// ```
public struct HTTPLimits: Sendable, Equatable {
    /// Bytes of a message's head, from its first byte to the end of the blank line; a trailer section has the same
    /// limit of its own. Beyond it: 431. At most 4 GiB.
    public var head = 16 << 10

    /// Field lines in a head, and in a trailer section. Beyond it: 431.
    public var fields = 100

    /// Bytes of content, without the chunked framing around it. Beyond it: 413.
    public var body = 1 << 20

    /// Bytes that are gathered of bodies that have not come whole, of all connections together; not less than ``body``. When
    /// it is more, the body that began first is given up: 503.
    public var unfinishedBodies = 256 << 20

    /// Bytes of chunk extensions over one body; nothing here reads them, so they are only work. Beyond it: 413.
    public var chunkExtensions = 16 << 10

    /// How long a head may take from the first byte of a message, or of a connection. Beyond it: 408.
    public var headTimeout: Duration = .seconds(60)

    /// How long a whole request may take from its first byte. Beyond it: 408.
    public var requestTimeout: Duration = .seconds(300)

    /// The bytes per second a body must bring, averaged over each ``bodyRateWindow``. Slower: 408.
    public var bodyRate = 1 << 10

    /// The time over which ``bodyRate`` is measured; the first one of a body is free.
    public var bodyRateWindow: Duration = .seconds(10)

    /// How long an idle connection is kept, as announced in `Keep-Alive: timeout=5`.
    public var keepAliveTimeout: Duration = .seconds(5)

    /// What is added to ``keepAliveTimeout`` before an idle connection is closed, so that a request sent in the last
    /// announced moment still arrives.
    public var keepAliveBuffer: Duration = .seconds(1)

    /// How long a peer may take no byte of an answer that waits for it. Beyond it the connection is ended.
    public var unreadAnswerTimeout: Duration = .seconds(60)

    /// Requests of one connection that may be unanswered before no more are read.
    public var pipelinedRequests = 64

    /// Requests of one connection that are begun in one turn of the loop. The rest follow in the next turns, so that a
    /// client that pipelines does not hold up the others.
    public var requestsPerTurn = 16

    /// The time after which a connection begins no further request in a turn, measured from its first one.
    public var timePerTurn: Duration = .milliseconds(2)

    /// The time that all connections together that have to go on in a later turn may use of it, and that the end of those
    /// whose time is up may take of one; each gets its turn.
    public var waitingTimePerTurn: Duration = .milliseconds(10)

    /// Requests that one connection may carry; zero is no limit, as in Node. It is announced in `Keep-Alive: max=100`, and
    /// the last answer says that the connection closes. Beyond it: 503 in place of the handler, see
    /// ``HTTPServer/onDropRequest``.
    public var maxRequestsPerSocket = 0

    /// Open connections. Beyond it: accepted, answered 503, closed.
    public var connections = 16_384

    /// Descriptors kept free under the process's limit, which lowers ``connections`` where that is needed: at the
    /// limit itself libuv drops connections unseen.
    public var reservedDescriptors = 64

    /// How long a connection that was told that it closes is still read, so that the peer gets to see the answer.
    public var lingerTimeout: Duration = .seconds(2)

    /// Bytes that are read and thrown away in that time.
    public var lingerBytes = 8 << 20

    /// The defaults.
    public init() {}
}

extension HTTPLimits {
    /// One body may be as long as one may be.
    var unfinishedAtMost: Int { max(unfinishedBodies, body) }

    /// Whether a body of this framing may be sent, as far as its head tells: its length is not over ``body``.
    func admits(_ framing: BodyFraming) -> Bool {
        if case .length(let length) = framing { length <= body } else { true }
    }
}
