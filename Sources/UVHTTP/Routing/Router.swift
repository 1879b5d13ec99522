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
    /// Answers a request whose path no route has: 404 at first. `OPTIONS *` has none and is 204, `Allow` naming the methods
    /// of all routes.
    public var onNotFound: HTTPServer.Handler {
        get { search.onNotFound }
        set { search.onNotFound = newValue }
    }

    /// Answers a request whose path leads to routes for other methods only, 405 at first; `Allow` is set already.
    ///
    /// A path leads to one place, whatever the method: beside `POST /tasks/batch`, `GET /tasks/batch` is 405, and not what
    /// `GET /tasks/:id` answers. So a path means one thing.
    public var onMethodNotAllowed: HTTPServer.Handler {
        get { search.onMethodNotAllowed }
        set { search.onMethodNotAllowed = newValue }
    }

    /// All routes, in the order in which they were added.
    package var routes: [RequestTally.Route] { search.routes }

    private let search = RouteSearch()
    private var middleware: [any Middleware] = []
    /// The middleware, and behind it the search for the route.
    private var chain: Chain

    /// A router without routes.
    public init() { chain = search }

    /// Adds a middleware that sees every request, before its route is looked for.
    public func use(_ middleware: any Middleware) {
        self.middleware.append(middleware)
        chain = Chain.of(self.middleware, search)
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
        search.add(route, RoutePath(route.path), method)
    }

    /// Handles a request: the handler of an ``HTTPServer``.
    ///
    /// - Complexity: O(length of the path), and the length of the chain.
    public func handle(_ request: IncomingMessage, _ response: ServerResponse) throws {
        try chain.run(response.exchange)
    }
}
