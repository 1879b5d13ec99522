import DequeModule
import UVCore

/// One connection of an ``HTTPServer``: bytes come in, requests go to the handler, answers go out in their order.
///
/// ```
/// receive ─► parse ─► head ─► IncomingMessage + ServerResponse ─► handler
///              │       └─ upgrade: the socket leaves
///              └─ body ─► the message's reader, or wait until there is one
///
/// responses:  [ current ][ next ][ … ]    only the first one writes; the others keep what they are given
/// ```
///
/// What an event means for a request and its answer, ``Exchange`` says; here it is done to the socket. An answer is
/// *ended* when the program has given all of it, and *sent* when the system has taken that. The connection is *closed*
/// when it ends its side, behind the last answer, and reads on until the peer has ended its own.
///
/// Bytes that cannot be used yet stay in `carry`, and the socket is paused: so a peer is held up by TCP, and a
/// connection holds at most one read's worth of input.
@LoopActor
final class HTTPConnection {
    /// What the next byte is part of.
    enum Phase {
        case head
        case body(IncomingMessage)
        /// A request for another protocol or a tunnel, which waits until all answers before it are sent.
        case upgrading(IncomingMessage)
        /// The answer to a request is another protocol, behind all answers before it.
        case switching(ProtocolSwitch)
        /// Nothing more is read as a request: what comes is thrown away until the peer has closed, too.
        case discarding
        /// The socket has another owner.
        case handedOver
    }

    let socket: Socket
    let server: HTTPServer
    var loop: EventLoop { server.loop }

    /// The place in the server's list.
    var index: Int?

    @exclusivity(unchecked) var phase = Phase.head
    @exclusivity(unchecked) var parser: MessageHeadParser

    /// Requests that were answered or are to be, so far.
    @exclusivity(unchecked) var requestCount = 0

    /// Decodes the body of `phase`; nil if it is longer than the limit, as its head has announced.
    @exclusivity(unchecked) var decoder: BodyDecoder?

    /// What has arrived and was not used: the bytes from `carryStart` on.
    @exclusivity(unchecked) var carry: [UInt8] = []
    var carryStart = 0

    /// Whether what arrives is used.
    enum Input {
        case flowing
        /// It waits for an answer to be taken, or for a body's reader.
        case waiting
        /// It waits for the connection's next turn.
        case deferred
    }

    @exclusivity(unchecked) var input = Input.flowing

    /// Whether more has arrived behind the last request.
    @exclusivity(unchecked) private(set) var isFollowed = false

    /// What it has used of the running turn.
    @exclusivity(unchecked) private var budget = TurnBudget()

    /// Whether the peer has ended its side, and whether all that it has sent before was used by then.
    enum PeerEnd {
        case open, waiting, used
    }

    @exclusivity(unchecked) var peerEnd = PeerEnd.open

    /// The answers that are owed, oldest first.
    @exclusivity(unchecked) var responses = Deque<ServerResponse>()

    /// What the first answer waits for, once it is complete.
    enum Sending {
        case none, inTick, whenDrained
    }

    @exclusivity(unchecked) var sending = Sending.none

    /// Whether the last answer was given: this side has ended, or does when that is sent.
    @exclusivity(unchecked) var isEnding = false

    @exclusivity(unchecked) var times: ConnectionTimes

    init(_ socket: Socket, server: HTTPServer) {
        self.socket = socket
        self.server = server
        parser = MessageHeadParser(.request, limits: server.limits)
        times = ConnectionTimes(connectedAt: server.loop.now)
        // The socket keeps the connection until it has closed and drops its callbacks.
        socket.onEnd = { [self] in didReceiveEnd() }
        socket.onDrain = { [self] in didDrain() }
        socket.onClose = { [self] _ in didClose() }
        socket.onBytes = { [self] bytes in receive(bytes) }
    }

    /// Nothing is owed, nothing is on its way, and nothing has begun to arrive.
    var isIdle: Bool { isBetweenRequests && socket.writableLength == 0 }

    /// Nothing is owed, and nothing has begun to arrive.
    var isBetweenRequests: Bool {
        guard case .head = phase else { return false }
        return responses.isEmpty && !parser.hasBegun && input == .flowing
    }

    /// Whether the connection carries no more requests; its peer was told, or is when it is answered.
    var isAtRequestLimit: Bool {
        let limit = server.limits.maxRequestsPerSocket
        return limit > 0 && requestCount >= limit
    }

    var isDiscarding: Bool {
        if case .discarding = phase { return true }
        return false
    }

    // MARK: Input

    private func receive(_ bytes: RawSpan) {
        socket.cork()
        times.didReceive(bytes.byteCount)
        if times.isDiscardingOver(at: loop.now, server.limits) { return socket.destroy() }
        // Not a byte is of use before the answers that are owed are given; then `close` reads on.
        if isDiscarding, !responses.isEmpty { return socket.pause() }
        if carry.isEmpty {
            let used = process(bytes)
            if used < bytes.byteCount { keep(bytes.extracting(droppingFirst: used)) }
        } else {
            keep(bytes)
            processCarry()
        }
        closeIfOver()
    }

    private func keep(_ bytes: RawSpan) {
        carry.removeFirst(carryStart)
        carryStart = 0
        carry.append(copying: bytes)
    }

    func processCarry() {
        // Taken out while it is read: handlers run in between.
        let (bytes, start) = (carry, carryStart)
        (carry, carryStart) = ([], 0)
        let used = start + process(bytes.span.bytes.extracting(droppingFirst: start))
        if used < bytes.count { (carry, carryStart) = (bytes, used) }
    }

    /// Uses bytes until they are all used or the rest has to wait. Returns how many were used.
    private func process(_ bytes: RawSpan) -> Int {
        var used = 0
        while !socket.isDestroyed, !loop.isExiting {
            let rest = bytes.extracting(droppingFirst: used)
            switch phase {
            case .head:
                guard !rest.isEmpty, let length = processHead(rest) else { return used }
                used += length
            case .body(let message):
                used += processBody(rest, of: message)
                if case .body = phase { return used }
            case .upgrading, .switching:
                guard responses.isEmpty else {
                    wait()
                    return used
                }
                leave(head: rest)
                return bytes.byteCount
            case .discarding, .handedOver:
                return bytes.byteCount
            }
        }
        return bytes.byteCount
    }

    /// The length of the head that the bytes begin with; nil when it is not complete, or has to wait.
    private func processHead(_ bytes: RawSpan) -> Int? {
        guard !isBacklogged else {
            wait()
            return nil
        }
        guard budget.allowsRequest(on: loop, server.limits) else {
            wait(.deferred)
            server.waitForTurn(self)
            return nil
        }
        do throws(HTTPParseError) {
            let step = try parser.step(bytes)
            if parser.hasBegun { times.beginRequest(at: loop.now) }
            guard case .head(let length) = step else { return nil }
            isFollowed = length < bytes.byteCount
            budget.beginRequest(on: loop, isFollowed: isFollowed)
            let head = parser.head
            begin(IncomingMessage(head, bytes.extracting(first: length), on: self))
            return length
        } catch {
            fail(HTTPClientError(error))
            return bytes.byteCount
        }
    }

    /// Passes the body on to its reader. Returns how many bytes were used.
    ///
    /// Each piece is a callback of its own in Node: its ticks and microtasks run before the next piece, or the end.
    private func processBody(_ bytes: RawSpan, of message: IncomingMessage) -> Int {
        var offset = 0
        while case .body = phase, !socket.isDestroyed {
            guard message.takesMore(below: highWaterMark) else {
                wait()
                return offset
            }
            do throws(HTTPParseError) {
                switch try stepDecoder(bytes, from: offset) {
                case .needMoreBytes:
                    return bytes.byteCount
                case .data(let range):
                    offset = range.upperBound
                    message.deliver(bytes.extracting(range))
                    if !loop.endPart() { return bytes.byteCount }
                case .end(let end):
                    isFollowed = end < bytes.byteCount
                    didReceive(message)
                    return end
                }
            } catch {
                fail(HTTPClientError(error))
            }
        }
        return bytes.byteCount
    }

    private func stepDecoder(_ bytes: RawSpan, from offset: Int) throws(HTTPParseError) -> BodyDecoder.Step {
        guard let step = try decoder?.step(bytes, from: offset) else { throw .bodyTooLarge }
        return step
    }

    func didClose() {
        server.remove(self)
        dropResponses()
        if case .body(let message) = phase { message.abort(.aborted) }
    }
}
