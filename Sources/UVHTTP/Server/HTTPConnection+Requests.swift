import HTTPTypes
import UVCore

/// From a parsed head to the handler.
extension HTTPConnection {
    /// Opens a request: its answer is owed from here on.
    func begin(_ request: IncomingMessage) {
        let head = request.head
        guard head.hostCount == 1 || head.hostCount == 0 && head.minorVersion == 0 else { return fail(.missingHost) }
        parser.reset()
        if head.method == .connect || head.requestsUpgrade && head.framing == .none && server.takesUpgrade(request) {
            phase = .upgrading(request)
            return
        }
        let response = ServerResponse(to: request)
        requestCount &+= 1
        if isAtRequestLimit { response.announceEnd() }
        request.hot.response = response
        owe(response)
        guard head.framing == .none else {
            decoder = try? BodyDecoder(head.framing, limits: server.limits)
            phase = .body(request)
            times.beginBody(at: loop.now)
            return dispatch(request, response)
        }
        endRequest(request)
        dispatch(request, response)
        request.complete()
    }

    /// Calls the handler, or the callback that looks at expectations first.
    private func dispatch(_ request: IncomingMessage, _ response: ServerResponse) {
        if isAtRequestLimit, requestCount > server.limits.maxRequestsPerSocket { return drop(request, response) }
        switch request.exchange.state.value.beginning(server.checks) {
        case .callHandler:
            call(server.handler, request, response)
        case .tellToContinue:
            response.writeContinue()
            call(server.handler, request, response)
        case .checkContinue:
            call(server.onCheckContinue ?? server.handler, request, response)
        case .checkExpectation:
            call(server.onCheckExpectation ?? server.handler, request, response)
        case .refuseExpectation:
            response.writeHead(.expectationFailed)
            response.end()
        case .refuseBody:
            request.refuseBody()
        }
    }

    private func drop(_ request: IncomingMessage, _ response: ServerResponse) {
        loop.contain("onDropRequest") { try server.onDropRequest?(request) }
        response.writeHead(.serviceUnavailable)
        response.end()
    }

    private func call(_ handler: HTTPServer.Handler, _ request: IncomingMessage, _ response: ServerResponse) {
        do {
            try handler(request, response)
        } catch {
            server.handle(error, request, response)
        }
    }

    /// The body has arrived whole.
    func didReceive(_ request: IncomingMessage) {
        for trailer in decoder?.trailers ?? [] { request.append(trailer) }
        decoder = nil
        endRequest(request)
        request.complete()
    }

    /// What follows is the next request, if there may be one. RFC 9112 section 9.6.
    private func endRequest(_ request: IncomingMessage) {
        phase = request.head.isPersistent && !isEnding ? .head : .discarding
        times.endRequest(at: loop.now)
    }

    /// The body of `request` has a reader now, if it has not been read whole.
    func bodyHasReader(_ request: IncomingMessage) {
        if case .body(let current) = phase, current === request { goOn() }
    }
}
