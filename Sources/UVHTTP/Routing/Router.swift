import HTTPTypes
public import UVCore

/// Finds the handler of a request by method and path, and calls it through a chain of middleware.
///
/// ```swift
/// let router = Router()
/// router.use(logging)
/// router.get("/tasks/:id") { request, response in
///     response.end("task \(request.parameters["id"] ?? "")\n")
/// }
/// HTTPServer(router).listen(port: 3000)
/// ```
@LoopActor
public final class Router: Routes {
    /// Answers a request whose path no route has: 404 at first.
    public var onNotFound: HTTPServer.Handler = { _, response in response.refuse(HTTPError(.notFound)) }

    /// Answers a request whose path has routes for other methods only, 405 at first; `Allow` is set already.
    public var onMethodNotAllowed: HTTPServer.Handler = { _, response in response.refuse(HTTPError(.methodNotAllowed)) }

    /// Unchecked: nothing of the program runs while it is looked through or changed.
    @exclusivity(unchecked) private var table = RouteTable<RouteEnd>()
    private var middleware: [any Middleware] = []
    /// The middleware, and behind it the search for the route.
    private var chain: Chain?

    public init() {}

    /// Adds a middleware that sees every request, before its route is looked for.
    public func use(_ middleware: any Middleware) {
        self.middleware.append(middleware)
        chain = Chain.of(self.middleware + [RouteSearch(router: self)])
    }

    /// Adds a closure as a middleware that sees every request.
    public func use(_ body: @escaping (IncomingMessage, ServerResponse, Next) throws -> Void) {
        use(ClosureMiddleware(body))
    }

    /// Adds a closure that is run as a task on the loop's thread, for every request.
    public func use(_ body: @escaping @LoopActor (IncomingMessage, ServerResponse, Next) async throws -> Void) {
        use(ClosureMiddleware(body))
    }

    public func add(_ route: Route) {
        guard let method = RequestMethod(route.method) else {
            programError("no server takes the method \(route.method)")
        }
        let path = RoutePath(route.path)
        let chain = Chain.of(route.middleware + [RouteHandler(handler: route.handler)])
        table.insert(RouteEnd(chain: chain, names: path.names), method, path)
    }

    /// Handles a request: the handler of an ``HTTPServer``.
    ///
    /// - Complexity: O(length of the path), and the length of the chain.
    public func handle(_ request: IncomingMessage, _ response: ServerResponse) throws {
        guard let chain else { return try route(request, response) }
        try Next(chain, response)()
    }

    fileprivate func route(_ request: IncomingMessage, _ response: ServerResponse) throws {
        switch request.withPath({ table.match(request.exchange.method, $0) }) {
        case .found(let end):
            request.exchange.setSegmentNames(end.names)
            try Next(end.chain, response)()
        case .otherMethods(let methods):
            response.setHeader(.allow, Self.allow(methods))
            try onMethodNotAllowed(request, response)
        case .none:
            try onNotFound(request, response)
        }
    }

    private static func allow(_ methods: [RequestMethod]) -> String {
        let implied: [RequestMethod] = methods.contains(.get) && !methods.contains(.head) ? [.head] : []
        return (methods + implied).map(\.rawValue).sorted().map(\.text).joined(separator: ", ")
    }
}

/// What a path leads to: the chain with the handler at its end, and the names of the path's segments.
final class RouteEnd {
    let chain: Chain?
    let names: [SegmentName]

    init(chain: Chain?, names: [SegmentName]) {
        self.chain = chain
        self.names = names
    }
}

/// The end of a router's own chain.
private struct RouteSearch: Middleware {
    unowned let router: Router

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        try router.route(request, response)
    }
}

/// The end of a route's chain.
private struct RouteHandler: Middleware {
    let handler: HTTPServer.Handler

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        if request.exceedsLimit { return request.refuseBody() }
        try handler(request, response)
    }
}
