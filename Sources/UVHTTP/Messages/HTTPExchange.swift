import HTTPTypes
import UVCore

/// A request and its answer: the one object behind ``IncomingMessage`` and ``ServerResponse``, which are its faces.
///
/// What has happened to both is a value, ``Exchange``: events in, actions out. Here is what they are made of, and here the
/// actions are done. The two faces are structs, so that no program can hold the object weakly: when nothing but the
/// server holds one that is over, nothing can find in it the next client's request.
@LoopActor
final class HTTPExchange {
    /// What every exchange touches.
    struct State {
        var value = Exchange.over

        /// Nil once both halves are done with.
        var connection: HTTPConnection?

        /// Nil while the program has set none, which is most of the time.
        var responseCallbacks: ResponseCallbacks?

        /// Decodes the body while it arrives; nil if it is longer than the limit, as its head has announced.
        var decoder: BodyDecoder?

        /// When its head was read, or its answer begun where there is none: in the loop's milliseconds.
        var begunAt: Int64 = 0

        /// What the server calls the request by.
        var number: RequestNumber?

        /// What was written before its turn.
        var waiting: [UInt8] = []

        /// Where its path leads to, as a ``Router`` has found.
        var route: FoundRoute?

        /// Where the path of the request before it led to. A head that is the same once more leads there, too.
        var formerRoute: FoundRoute?

        /// The exchange behind it on its connection, which answers in their order.
        var next: HTTPExchange?

        /// The one before it in the server's ``UsedExchanges``.
        var formerUsed: HTTPExchange?

        /// What most exchanges have nothing of.
        var extras: Extras?

        /// Behind it, its route is that of the request before the next.
        @inline(__always)
        mutating func keepRoute() {
            formerRoute = nil
            swap(&route, &formerRoute)
        }

        /// The request is the one before it once more, so it has its route.
        @inline(__always)
        mutating func repeatRoute() { swap(&route, &formerRoute) }
    }

    /// Unchecked: a callback is taken out before it is called, so no code of the program runs while this is changed.
    @exclusivity(unchecked) var state = State()

    // The two heads are values of their own, since they are not copyable. Unchecked for the same reason.

    /// The request's head.
    @exclusivity(unchecked) var head: RequestHead

    /// What the program has set.
    @exclusivity(unchecked) var responseHead = ResponseHead()

    // By itself, so that a call of one of them copies none of the others.
    @exclusivity(unchecked) var bodyCallbacks = BodyCallbacks()

    let server: HTTPServer
    /// The server's. What lies behind another object would be retained for each call.
    let loop: EventLoop

    /// One that is over.
    init(on server: HTTPServer) {
        self.server = server
        loop = server.loop
        head = RequestHead(server.state.limits)
    }
}

/// What an exchange seldom has.
struct Extras {
    /// What is answered, if it is not the request of the same exchange.
    enum Subject {
        case request
        /// Bytes that never became a request.
        case nothing
        /// A request whose body has failed.
        case failed(HTTPExchange)
    }

    var subject = Subject.request

    /// Whether the socket was handed over.
    var isUpgrade = false

    /// Whether the program was told that it uses the response too late.
    var hasWarned = false

    /// What came behind the request's body.
    var requestTrailers: [Trailer] = []

    /// What goes behind the response's body.
    var responseTrailers: [Trailer] = []

    /// What changes the response's body on its way.
    var filter: (any BodyFilter)?

    /// See ``IncomingMessage/subscript(_:)``.
    var values: [ObjectIdentifier: Any] = [:]
}

/// What a server calls a request by: 16 bytes, whose meaning is the server's.
package struct RequestNumber: Sendable {
    package let high, low: UInt64

    package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }
}

// MARK: - How it begins

extension HTTPExchange {
    /// Becomes the exchange of the request whose head it has parsed.
    @inline(__always)
    func begin(on connection: HTTPConnection) {
        state.value.begin(head.parts.framing, head.parts.expectation, server.state.limits)
        state.begunAt = loop.now
        state.number = nil
        state.connection = connection
        responseHead.begin(
            to: method, minorVersion: head.parts.minorVersion, isPersistent: head.parts.isPersistent)
    }

    /// Becomes the answer to what is no request, or to a request that cannot go on. It closes the connection.
    func begin(answering error: HTTPClientError, _ failed: HTTPExchange?, on connection: HTTPConnection) {
        state.value = Exchange()
        state.begunAt = loop.now
        state.number = nil
        state.connection = connection
        setExtra { $0.subject = failed.map { .failed($0) } ?? .nothing }
        // Of a head that was not read to its end the method may be known. RFC 9110 section 9.3.2.
        responseHead.begin(HTTPResponse.Status(code: error.status), allowsBody: (failed?.method ?? method) != .head)
    }
}

// MARK: - How it is used again

extension HTTPExchange {
    /// Lets go of what the program has given it, and of memory that few requests need.
    ///
    /// - Precondition: It is over, and nothing else holds it.
    @inline(__always)
    func clear() {
        bodyCallbacks.removeAll()
        if state.responseCallbacks != nil { state.responseCallbacks = nil }
        if state.extras != nil { state.extras = nil }
        state.keepRoute()
        if state.waiting.capacity > Self.keptCapacity { state.waiting = [] }
        if state.decoder != nil { state.decoder = nil }
        head.reset(server.state.limits)
        if head.capacity > Self.keptCapacity { head = RequestHead(server.state.limits) }
        if responseHead.fields.capacity > Self.keptCapacity { responseHead = ResponseHead() }
    }

    /// Of each of its buffers, in bytes.
    private static let keptCapacity = 4_096
}

// MARK: - Its parts

extension HTTPExchange {
    var request: IncomingMessage { IncomingMessage(self) }
    var response: ServerResponse { ServerResponse(self) }

    /// The exchange of the request that is answered; nil for an answer to bytes that never became one.
    var subject: HTTPExchange? {
        switch state.extras?.subject {
        case nil, .request: self
        case .nothing: nil
        case .failed(let exchange): exchange
        }
    }

    /// The request's method.
    var method: RequestMethod { head.parts.method }

    /// Changes what an exchange seldom has.
    @inline(__always)
    func setExtra(_ change: (inout Extras) -> Void) {
        var extras = state.extras.take() ?? Extras()
        change(&extras)
        state.extras = extras
    }

    /// The connection is not needed behind the end of both halves.
    @inline(__always)
    func letGo() {
        guard state.value.isOver, state.connection != nil else { return }
        state.connection = nil
        server.keep(self)
    }

    /// Runs a callback: the handler has set it, so what it throws the handler has thrown.
    func run(_ callback: () throws -> Void) {
        do {
            try callback()
        } catch {
            guard let subject else { return _ = loop.contain("a response") { throw error } }
            server.handle(error, subject.request, response)
        }
    }
}
