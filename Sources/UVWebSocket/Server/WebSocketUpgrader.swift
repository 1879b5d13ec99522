import HTTPTypes
public import UVCore
public import UVHTTP

/// Makes WebSockets of an HTTP server's upgrade requests, on any path. RFC 6455 section 4.2.
///
/// ```swift
/// let server = HTTPServer { _, response in response.end("This is HTTP.\n") }
/// WebSocketUpgrader { socket, _ in
///     socket.onMessage = { message in socket.send(message) }
/// }.attach(to: server)
/// ```
///
/// A server with a `Router` has routes for them: `router.webSocket("/chat/:room") { socket, request in … }`.
@LoopActor
public final class WebSocketUpgrader {
    /// What one peer may cost.
    public var limits: WebSocketLimits {
        get { sharedLimits.limits }
        set { sharedLimits = SharedLimits(newValue) }
    }

    /// The subprotocols that the server speaks. Of those that a client offers it gets the first one that is here.
    public var subprotocols: [String] = []

    /// How messages are compressed with clients that offer it; nil for not at all.
    public var deflate: PerMessageDeflate? {
        get { sharedDeflaters?.options }
        set { sharedDeflaters = newValue.map { SharedDeflaters($0) } }
    }

    /// Which web pages may open a WebSocket. Another one is refused with 403.
    public var origins = OriginRule.sameHost

    private var sharedLimits = SharedLimits(WebSocketLimits())
    private var sharedDeflaters: SharedDeflaters?
    private let onOpen: (WebSocket, IncomingMessage) throws -> Void
    /// Whether what is opened is given to a task, which begins in a microtask and is to hear the first message.
    private let startsLater: Bool

    /// - Parameter onOpen: Called with each WebSocket and the request that it came from. What it throws goes the way of
    ///   all errors of that WebSocket, see ``WebSocket/onError``.
    public init(_ onOpen: @escaping (WebSocket, IncomingMessage) throws -> Void) {
        self.onOpen = onOpen
        startsLater = false
    }

    /// - Parameter onOpen: Run as a task on the loop's thread with each WebSocket and the request that it came from. What it
    ///   throws goes the way of all errors of that WebSocket, but for ``WebSocketClosure``: that is no fault of the program.
    ///   When it returns, the WebSocket stays open.
    public init(_ onOpen: @escaping @LoopActor (WebSocket, IncomingMessage) async throws -> Void) {
        self.onOpen = { socket, request in
            socket.loop.spawn {
                do {
                    try await onOpen(socket, request)
                } catch  where !(error is WebSocketClosure) {
                    socket.didFail(error)
                } catch {}
            }
        }
        startsLater = true
    }

    /// Takes over all requests of `server` that ask for a WebSocket; those that ask for anything else stay requests.
    public func attach(to server: HTTPServer) {
        server.shouldUpgrade = { Handshake.contains("websocket", in: $0.header(.upgrade)) }
        server.onUpgrade = { [self] request, socket, head in upgrade(request, socket, head) }
    }

    /// Answers an upgrade request: with 101 and a WebSocket, or with 400, 403, 405, 426 or, of a server that is closing, 503
    /// and the reason. It may be called later than `HTTPServer.onUpgrade`; if the client is gone by then, nothing happens.
    public func upgrade(_ request: IncomingMessage, _ socket: Socket, _ head: [UInt8]) {
        guard !socket.isDestroyed else { return }
        do throws(Handshake.RequestError) {
            let answer = try accept(request)
            socket.cork()
            socket.write("HTTP/1.1 101 Switching Protocols\r\n\(Self.lines(answer.fields))\r\n")
            open(socket, request, answer, head)
        } catch {
            refuse(socket, error)
        }
    }

    /// Answers a request that may be one for a WebSocket: the handler of a route.
    func answer(_ request: IncomingMessage, _ response: ServerResponse) {
        do throws(Handshake.RequestError) {
            let answer = try accept(request)
            let isOpening = response.switchProtocols(answer.fields) { [self] socket, head in
                open(socket, request, answer, head)
            }
            if !isOpening { throw .notAlone }
        } catch {
            for field in error.fields { response.setHeader(field.name, field.value) }
            response.refuse(HTTPError(error.status, error.message))
        }
    }

    private func open(_ socket: Socket, _ request: IncomingMessage, _ answer: Acceptance, _ head: [UInt8]) {
        let webSocket = WebSocket(
            socket, as: .server, subprotocol: answer.subprotocol, limits: sharedLimits, deflate: answer.deflate)
        webSocket.call { try onOpen(webSocket, request) }
        guard startsLater else { return webSocket.start(head: head) }
        webSocket.loop.setImmediate { webSocket.start(head: head) }
    }
}

// MARK: - The decision

extension WebSocketUpgrader {
    /// The fields of the answer that opens a WebSocket, the subprotocol that it names, and the compression.
    private typealias Acceptance = (fields: HTTPFields, subprotocol: String?, deflate: MessageDeflate?)

    private func accept(_ request: IncomingMessage) throws(Handshake.RequestError) -> Acceptance {
        let offer = try Self.readOffer(of: request)
        guard !request.isServerClosing else { throw .serverIsClosing }
        guard origins.admits(request.header(.origin), to: request.authority) else { throw .foreignOrigin }
        // Hashing fails only without memory or without a working library.
        guard let accept = try? Handshake.acceptKey(for: offer.key) else { throw .cannotAnswer }
        let subprotocol = Handshake.chooseSubprotocol(offered: offer.subprotocols, supported: subprotocols)
        var fields: HTTPFields = [.upgrade: "websocket", .connection: "Upgrade", .secWebSocketAccept: accept]
        if let subprotocol { fields[.secWebSocketProtocol] = subprotocol }
        guard let sharedDeflaters, let offers = request.header(.secWebSocketExtensions),
            let (agreement, extensions) = DeflateAgreement.accept(offers, sharedDeflaters.options)
        else { return (fields, subprotocol, nil) }
        fields[.secWebSocketExtensions] = extensions
        return (fields, subprotocol, MessageDeflate(agreement, as: .server, sharedDeflaters))
    }

    /// Why `request` does not open a WebSocket; nil if it does, as far as its origin lets it.
    package static func refusal(of request: IncomingMessage) -> Handshake.RequestError? {
        do throws(Handshake.RequestError) {
            _ = try readOffer(of: request)
            return nil
        } catch {
            return error
        }
    }

    private static func readOffer(of request: IncomingMessage) throws(Handshake.RequestError) -> Handshake.Offer {
        let offer = try Handshake.readRequest(method: request.method.rawValue) { name in
            HTTPField.Name(name).flatMap { request.header($0) }
        }
        // An upgrade with a body, or one of HTTP/1.0, is none.
        guard request.asksForUpgrade else { throw .notAnUpgrade }
        return offer
    }
}

// MARK: - Refusing

extension WebSocketUpgrader {
    /// Answers, ends, and drops what still comes until the peer has ended too. HTTP has let go of the socket, so only
    /// this ends a connection that the peer keeps open.
    private func refuse(_ socket: Socket, _ error: Handshake.RequestError) {
        let timeout = EventLoop.current.wait(HTTPLimits().lingerTimeout) { socket.destroy() }
        socket.onClose = { _ in timeout.cancel() }
        socket.resume()
        socket.end(Self.refusal(error))
    }

    private static func refusal(_ error: Handshake.RequestError) -> String {
        var fields = error.fields
        fields[.connection] = fields[.connection].map { "\($0), close" } ?? "close"
        return """
            HTTP/1.1 \(error.status)\r
            \(lines(fields))Content-Type: text/plain; charset=utf-8\r
            Content-Length: \(error.message.utf8.count + 1)\r
            \r
            \(error.message)

            """
    }

    private static func lines(_ fields: HTTPFields) -> String {
        fields.map { "\($0.name.rawName): \($0.value)\r\n" }.joined()
    }
}
