import UVCore

extension HTTPConnection {
    /// What the next byte is part of.
    enum Phase {
        /// A request, of which nothing has arrived.
        case between
        /// A head of which a part has arrived, or empty lines before it. Its exchange is over until it has one.
        case head(HTTPExchange)
        case body(HTTPExchange)
        /// A request for another protocol or a tunnel, which waits until all answers before it are sent.
        case upgrading(HTTPExchange)
        /// The answer to a request is another protocol, behind all answers before it.
        case switching(ProtocolSwitch)
        /// Nothing more is read as a request: what comes is thrown away until the peer has closed, too.
        case discarding
        /// The socket has another owner.
        case handedOver
    }

    /// A request whose answer is another protocol.
    struct ProtocolSwitch {
        let exchange: HTTPExchange
        /// Gets the socket, and what has arrived behind the request.
        let take: (Socket, [UInt8]) throws -> Void
    }

    /// Whether what arrives is used.
    enum Input {
        case flowing
        /// It waits for an answer to be taken, or for a body's reader.
        case waiting
        /// It waits for the connection's next turn.
        case deferred
    }

    /// Whether the peer has ended its side, and whether all that it has sent before was used by then.
    enum PeerEnd {
        case open, waiting, used
    }

    /// What the first answer waits for, once it is complete.
    enum Sending {
        case none, inTick, whenDrained
    }

    /// What every request touches.
    @LoopActor
    struct State: ~Copyable {
        var phase = Phase.between
        var unused = UnusedInput()
        var input = Input.flowing
        var peerEnd = PeerEnd.open

        /// Whether more has arrived behind the last request.
        var isFollowed = false

        /// Requests that were answered or are to be, so far.
        var requestCount = 0

        /// What it has used of the running turn.
        var budget = TurnBudget()
        var times: ConnectionTimes

        var owed = OwedAnswers()

        /// Bytes of answers that wait for their turn.
        var waitingLength = 0
        var sending = Sending.none

        /// Whether the last answer was given: this side has ended, or does when that is sent.
        var isEnding = false

        /// Whether it is one connection too many, whose peer gets the time to read that.
        var isRefused = false

        /// What is kept of the body under way, if it has not come at once.
        var unfinished: UnfinishedMessages.Part?

        /// The place in the server's list.
        var index: Int?
    }
}

extension HTTPConnection.State {
    /// Nothing is owed, and nothing has begun to arrive.
    @inline(__always)
    var isBetweenRequests: Bool { isBeforeRequest && owed.isEmpty && input == .flowing }

    /// Nothing of a request has arrived but empty lines, and one may.
    @inline(__always)
    var isBeforeRequest: Bool {
        switch phase {
        case .between: true
        case .head(let exchange): !exchange.head.hasBegun
        case .body, .upgrading, .switching, .discarding, .handedOver: false
        }
    }

    /// The exchange whose head is read.
    var exchangeInHead: HTTPExchange? {
        if case .head(let exchange) = phase { return exchange }
        return nil
    }

    /// Nothing behind the last answer is a request.
    mutating func endRequests() {
        switch phase {
        case .between, .head: phase = .discarding
        case .body, .upgrading, .switching, .discarding, .handedOver: break
        }
    }

    var isDiscarding: Bool {
        if case .discarding = phase { return true }
        return false
    }

    var isHandedOver: Bool {
        if case .handedOver = phase { return true }
        return false
    }

    /// The exchange whose body is read.
    var exchangeInBody: HTTPExchange? {
        if case .body(let exchange) = phase { return exchange }
        return nil
    }

    /// Whether the body that waits for its reader has arrived whole, as a copy of its decoder finds.
    ///
    /// - Complexity: O(bytes that wait).
    var isBodyWhole: Bool {
        guard var decoder = exchangeInBody?.state.decoder else { return false }
        return unused.withBytes { bytes in
            var offset = 0
            while let step = try? decoder.step(bytes, from: offset) {
                switch step {
                case .needMoreBytes: return false
                case .data(let range): offset = range.upperBound
                case .end: return true
                }
            }
            return false
        }
    }
}
