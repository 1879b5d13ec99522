import UVCore

/// From a parsed head to the handler.
extension HTTPConnection {
    /// Opens the request whose head was parsed: its answer is owed from here on.
    @inline(__always)
    func begin(_ exchange: HTTPExchange) {
        let (hosts, minorVersion) = (exchange.head.parts.hostCount, exchange.head.parts.minorVersion)
        guard hosts == 1 || hosts == 0 && minorVersion == 0 else { return refuseHead(of: exchange, .missingHost) }
        exchange.begin(on: self)
        if exchange.method == .connect || asksForUpgrade(exchange) {
            // What answers it is no response.
            exchange.state.value.answer = .over
            state.phase = .upgrading(exchange)
            return
        }
        state.requestCount &+= 1
        if isAtRequestLimit { exchange.responseHead.announcesEnd = true }
        owe(exchange)
        guard exchange.head.parts.framing == .none else { return beginBody(of: exchange) }
        endRequest(exchange)
        dispatch(exchange)
        exchange.complete()
    }

    /// Answers a head that is not that of a request.
    func refuseHead(of exchange: HTTPExchange, _ error: HTTPClientError) {
        state.phase = .head(exchange)
        fail(error)
    }

    /// Whether the request asks for another protocol, and gets it.
    @inline(__always)
    private func asksForUpgrade(_ exchange: HTTPExchange) -> Bool {
        guard exchange.request.asksForUpgrade else { return false }
        // What the program asks about the connection meanwhile: it is not idle.
        state.phase = .head(exchange)
        return server.takesUpgrade(exchange.request)
    }

    private func beginBody(of exchange: HTTPExchange) {
        exchange.state.decoder = try? BodyDecoder(exchange.head.parts.framing, limits: server.state.limits)
        state.phase = .body(exchange)
        state.times.beginRequest(at: loop.now)
        state.times.beginBody(at: loop.now)
        dispatch(exchange)
    }

    /// Calls the handler, or the callback that looks at expectations first.
    @inline(__always)
    private func dispatch(_ exchange: HTTPExchange) {
        if isAtRequestLimit, state.requestCount > server.state.limits.maxRequestsPerSocket {
            return refuseRequest(exchange)
        }
        switch exchange.state.value.beginning(server.checks) {
        case .callHandler:
            callHandler(exchange)
        case .tellToContinue:
            exchange.response.writeContinue()
            callHandler(exchange)
        case .checkContinue:
            call(server.onCheckContinue ?? handler, exchange)
        case .checkExpectation:
            call(server.onCheckExpectation ?? handler, exchange)
        case .refuseExpectation:
            exchange.response.writeHead(.expectationFailed)
            exchange.response.end()
        case .refuseBody:
            exchange.request.refuseBody()
        }
    }

    /// The connection carries one request too many.
    private func refuseRequest(_ exchange: HTTPExchange) {
        loop.contain("onDropRequest") { try server.onDropRequest?(exchange.request) }
        exchange.response.writeHead(.serviceUnavailable)
        exchange.response.end()
    }

    @inline(__always)
    private func callHandler(_ exchange: HTTPExchange) {
        do {
            try handler(exchange.request, exchange.response)
        } catch {
            server.handle(error, exchange.request, exchange.response)
        }
    }

    private func call(_ handler: HTTPServer.Handler, _ exchange: HTTPExchange) {
        do {
            try handler(exchange.request, exchange.response)
        } catch {
            server.handle(error, exchange.request, exchange.response)
        }
    }

    /// The body has arrived whole.
    func endBody(of exchange: HTTPExchange) {
        let trailers = exchange.state.decoder?.trailers ?? []
        exchange.state.decoder = nil
        countUnfinished(0)
        endRequest(exchange)
        exchange.complete(trailers)
    }

    /// What follows is the next request, if there may be one. RFC 9112 section 9.6.
    @inline(__always)
    private func endRequest(_ exchange: HTTPExchange) {
        let mayFollow = exchange.head.parts.isPersistent && !state.isEnding
        state.phase = mayFollow ? .between : .discarding
        state.times.endRequest()
    }

    /// The body of `exchange` has a reader now, if it has not been read whole.
    func bodyHasReader(_ exchange: HTTPExchange) {
        if state.exchangeInBody === exchange { goOn() }
    }
}
