public import HTTPTypes
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
public final class Router {
    /// Answers a request whose path no route has; 404 without a body at first.
    public var onNotFound: HTTPServer.Handler = { _, response in
        response.status = .notFound
        response.end()
    }

    /// Answers a request whose path has routes for other methods only; `Allow` is set already. 405 without a body at
    /// first.
    public var onMethodNotAllowed: HTTPServer.Handler = { _, response in
        response.status = .methodNotAllowed
        response.end()
    }

    private var tree = RouteTree<[Step]>()
    private var middleware: [Step] = []
    /// The middleware, and behind it the search for the route.
    private var chain: [Step] = []

    public init() {}

    /// Adds a middleware that sees every request, before its route is looked for.
    public func use(_ middleware: @escaping Middleware) {
        self.middleware.append(Step(middleware: middleware))
        chain = self.middleware + [Step { [unowned self] request, response, _ in try route(request, response) }]
    }

    /// Adds a route.
    ///
    /// - Parameters:
    ///   - path: Literal segments, and `:name` for any one segment.
    ///   - middleware: The chain in front of the handler, in the order in which it is called.
    /// - Precondition: `path` begins with `/`, and `method` is one that ``HTTPServer`` takes.
    public func on(
        _ method: HTTPRequest.Method, _ path: String, through middleware: [Middleware] = [],
        _ handler: @escaping HTTPServer.Handler
    ) {
        guard let method = RequestMethod(method) else { preconditionFailure("no server takes the method \(method)") }
        let last = Step { request, response, _ in
            if request.exceedsLimit { return request.refuseBody() }
            try handler(request, response)
        }
        tree.insert(middleware.map(Step.init) + [last], method, path)
    }

    /// Adds a route whose handler is run as a task on the loop's thread.
    public func on(
        _ method: HTTPRequest.Method, _ path: String, through middleware: [Middleware] = [],
        _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(method, path, through: middleware) { request, response in response.answer(request, by: handler) }
    }

    /// Handles a request: the handler of an ``HTTPServer``.
    ///
    /// - Complexity: O(length of the path), and the length of the chain.
    public func handle(_ request: IncomingMessage, _ response: ServerResponse) throws {
        if chain.isEmpty { return try route(request, response) }
        try Next(chain, request, response)()
    }

    private func route(_ request: IncomingMessage, _ response: ServerResponse) throws {
        switch request.withPath({ tree.match(request.head.method, $0) }) {
        case .found(let chain, let parameters):
            request.parameters = parameters
            try Next(chain, request, response)()
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

// MARK: - By method

extension Router {
    /// Adds a route for GET. See ``on(_:_:through:_:)``.
    public func get(_ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.Handler) {
        on(.get, path, through: middleware, handler)
    }

    /// Adds a route for GET whose handler is run as a task on the loop's thread.
    public func get(
        _ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.get, path, through: middleware, handler)
    }

    /// Adds a route for POST. See ``on(_:_:through:_:)``.
    public func post(_ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.Handler) {
        on(.post, path, through: middleware, handler)
    }

    /// Adds a route for POST whose handler is run as a task on the loop's thread.
    public func post(
        _ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.post, path, through: middleware, handler)
    }

    /// Adds a route for PUT. See ``on(_:_:through:_:)``.
    public func put(_ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.Handler) {
        on(.put, path, through: middleware, handler)
    }

    /// Adds a route for PUT whose handler is run as a task on the loop's thread.
    public func put(
        _ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.put, path, through: middleware, handler)
    }

    /// Adds a route for PATCH. See ``on(_:_:through:_:)``.
    public func patch(_ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.Handler) {
        on(.patch, path, through: middleware, handler)
    }

    /// Adds a route for PATCH whose handler is run as a task on the loop's thread.
    public func patch(
        _ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.patch, path, through: middleware, handler)
    }

    /// Adds a route for DELETE. See ``on(_:_:through:_:)``.
    public func delete(_ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.Handler) {
        on(.delete, path, through: middleware, handler)
    }

    /// Adds a route for DELETE whose handler is run as a task on the loop's thread.
    public func delete(
        _ path: String, through middleware: [Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.delete, path, through: middleware, handler)
    }
}
