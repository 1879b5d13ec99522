import UVCore
public import UVHTTP

extension Routes {
    /// Adds a route that opens WebSockets: the route of its path for GET, so there can be no other one.
    ///
    /// ```swift
    /// router.webSocket("/chat/:room", through: [login]) { socket, request in
    ///     socket.send("This is \(request.parameters["room"] ?? "")")
    /// }
    /// ```
    ///
    /// A request for one passes the middleware as any request does, so one that ends the response refuses it with that
    /// status; the fields that they set are in the answer 101. A request that passes and opens no WebSocket is answered
    /// with the reason: 403 to a page that is not admitted, 426 where it asks for none, 400 or 405 where it asks wrongly.
    ///
    /// - Parameters:
    ///   - path: As of `Routes.on(_:_:through:_:)`.
    ///   - origins: The web pages that may open it.
    ///   - middleware: The chain in front of it.
    ///   - subprotocols: Those that the server speaks. Of those that a client offers it gets the first one that is here.
    ///   - limits: What one peer may cost.
    ///   - deflate: How messages are compressed with clients that offer it; nil for not at all.
    ///   - onOpen: Called with each WebSocket and the request that it came from. What it throws goes the way of all errors
    ///     of that WebSocket, see ``WebSocket/onError``.
    public func webSocket(
        _ path: String, origins: OriginRule = .sameHost, through middleware: [any Middleware] = [],
        subprotocols: [String] = [], limits: WebSocketLimits = WebSocketLimits(),
        deflate: PerMessageDeflate? = nil, _ onOpen: @escaping (WebSocket, IncomingMessage) throws -> Void
    ) {
        add(WebSocketUpgrader(onOpen), path, origins, middleware, subprotocols, limits, deflate)
    }

    /// Adds a route that opens WebSockets, each with a task of its own on the loop's thread.
    ///
    /// ```swift
    /// router.webSocket("/echo") { socket, request in
    ///     for try await message in socket.messages { socket.send(message) }
    /// }
    /// ```
    /// See ``webSocket(_:origins:through:subprotocols:limits:deflate:_:)-(_,_,_,_,_,_,(WebSocket,IncomingMessage)->Void)``. When `onOpen`
    /// returns, the WebSocket stays open.
    public func webSocket(
        _ path: String, origins: OriginRule = .sameHost, through middleware: [any Middleware] = [],
        subprotocols: [String] = [], limits: WebSocketLimits = WebSocketLimits(),
        deflate: PerMessageDeflate? = nil,
        _ onOpen: @escaping @LoopActor (WebSocket, IncomingMessage) async throws -> Void
    ) {
        add(WebSocketUpgrader(onOpen), path, origins, middleware, subprotocols, limits, deflate)
    }

    private func add(
        _ upgrader: WebSocketUpgrader, _ path: String, _ origins: OriginRule, _ middleware: [any Middleware],
        _ subprotocols: [String], _ limits: WebSocketLimits, _ deflate: PerMessageDeflate?
    ) {
        (upgrader.origins, upgrader.subprotocols, upgrader.limits) = (origins, subprotocols, limits)
        upgrader.deflate = deflate
        get(path, through: middleware) { request, response in upgrader.answer(request, response) }
    }
}
