import UVCore

/// One connection of an ``HTTPServer``: bytes come in, requests go to the handler, answers go out in their order.
///
/// ```
/// receive ─► parse ─► head ─► HTTPExchange: a request and its answer ─► handler
///              │       └─ upgrade: the socket leaves
///              └─ body ─► the request's reader, or wait until there is one
///
/// owed:  [ current ][ next ][ … ]    only the first answer is written; the others keep what they are given
/// ```
///
/// What an event means for a request and its answer, ``Exchange`` says; here, and nowhere else, it is done to the socket.
/// An answer is *ended* when the program has given all of it, and *sent* when the system has taken that. The connection is
/// *closed* when it ends its side, behind the last answer, and reads on until the peer has ended its own.
///
/// What every request goes through is marked to be inlined, here and in its exchange: a call costs a dozen instructions, of
/// the 4,000 that a short answer takes.
///
/// Bytes that cannot be used yet are kept, and the socket is paused: so a peer is held up by TCP, and a connection holds at
/// most one read's worth of input.
@LoopActor
final class HTTPConnection {
    let socket: Socket
    let server: HTTPServer
    // The server's. What lies behind another object would be retained for each call.
    let loop: EventLoop
    let handler: HTTPServer.Handler

    /// Unchecked: what is called of the program, or may call it, is called between two changes and not during one.
    @exclusivity(unchecked) var state: State

    init(_ socket: Socket, server: HTTPServer) {
        self.socket = socket
        self.server = server
        loop = server.loop
        handler = server.handler
        state = State(times: ConnectionTimes(connectedAt: loop.now))
        socket.setNoDelay()
        // The socket keeps the connection until it has closed and drops its callbacks.
        socket.onEnd = { [self] in didReceiveEnd() }
        socket.onDrain = { [self] in didDrain() }
        socket.onClose = { [self] _ in didClose() }
        socket.onBytes = { [self] bytes in receive(bytes) }
    }

    /// Nothing is owed, nothing is on its way, and nothing has begun to arrive.
    var isIdle: Bool { state.isBetweenRequests && socket.writableLength == 0 }

    /// Whether the connection carries no more requests; its peer was told, or is when it is answered.
    var isAtRequestLimit: Bool {
        let limit = server.state.limits.maxRequestsPerSocket
        return limit > 0 && state.requestCount >= limit
    }

    private func didClose() {
        server.remove(self)
        dropAnswers()
        countUnfinished(0)
        state.exchangeInBody?.abort(.aborted)
    }
}

// MARK: - Input

extension HTTPConnection {
    private func receive(_ bytes: RawSpan) {
        socket.cork()
        state.times.didReceive(bytes.byteCount)
        if state.times.isDiscarding, state.times.isDiscardingOver(at: loop.now, server.state.limits) {
            return socket.destroy()
        }
        // Not a byte is of use before the answers that are owed are given; then `close` reads on.
        if state.isDiscarding, !state.owed.isEmpty { return socket.pause() }
        if state.unused.isEmpty {
            let used = process(bytes)
            if used < bytes.byteCount { state.unused.append(bytes.extracting(droppingFirst: used)) }
        } else {
            state.unused.append(bytes)
            processUnused()
        }
        closeIfOver()
    }

    func processUnused() {
        var unused = state.unused.take()
        unused.drop(unused.withBytes { process($0) })
        if !unused.isEmpty { state.unused = unused }
    }

    /// Uses bytes until they are all used or the rest has to wait. Returns how many were used.
    private func process(_ bytes: RawSpan) -> Int {
        var used = 0
        while !socket.isDestroyed, !loop.isExiting {
            let rest = bytes.extracting(droppingFirst: used)
            switch state.phase {
            case .between, .head:
                guard !rest.isEmpty, let length = processHead(rest) else { return used }
                used += length
                // Most reads are one request.
                if used == bytes.byteCount, case .between = state.phase { return used }
            case .body(let exchange):
                used += processBody(rest, of: exchange)
                if case .body = state.phase { return used }
            case .upgrading, .switching:
                guard state.owed.isEmpty else {
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
    @inline(__always)
    private func processHead(_ bytes: RawSpan) -> Int? {
        guard !isBacklogged else {
            wait()
            return nil
        }
        guard state.budget.allowsRequest(on: loop, server.state.limits) else {
            wait(.deferred)
            server.waitForTurn(self)
            return nil
        }
        // From the head's first byte on there is one: so an idle connection holds none.
        let exchange = state.exchangeInHead ?? server.makeExchange()
        do throws(HTTPParseError) {
            guard let length = try exchange.head.parse(bytes) else {
                state.phase = .head(exchange)
                if exchange.head.hasBegun { state.times.beginRequest(at: loop.now) }
                return nil
            }
            state.isFollowed = length < bytes.byteCount
            state.budget.beginRequest(on: loop, isFollowed: state.isFollowed)
            begin(exchange)
            return length
        } catch {
            refuseHead(of: exchange, HTTPClientError(error))
            return bytes.byteCount
        }
    }

    /// Passes the body on to its reader. Returns how many bytes were used.
    ///
    /// Each piece is a callback of its own in Node: its ticks and microtasks run before the next piece, or the end.
    private func processBody(_ bytes: RawSpan, of exchange: HTTPExchange) -> Int {
        var offset = 0
        while case .body = state.phase, !socket.isDestroyed {
            guard exchange.takesMore(below: highWaterMark) else {
                wait()
                return offset
            }
            do throws(HTTPParseError) {
                switch try stepDecoder(of: exchange, bytes, from: offset) {
                case .needMoreBytes:
                    countUnfinished(of: exchange)
                    return bytes.byteCount
                case .data(let range):
                    offset = range.upperBound
                    exchange.deliver(bytes.extracting(range))
                    if !loop.endPart() { return bytes.byteCount }
                case .end(let end):
                    state.isFollowed = end < bytes.byteCount
                    endBody(of: exchange)
                    return end
                }
            } catch {
                fail(HTTPClientError(error))
            }
        }
        return bytes.byteCount
    }

    private func stepDecoder(
        of exchange: HTTPExchange, _ bytes: RawSpan, from offset: Int
    ) throws(HTTPParseError) -> BodyDecoder.Step {
        guard let step = try exchange.state.decoder?.step(bytes, from: offset) else { throw .bodyTooLarge }
        return step
    }
}
