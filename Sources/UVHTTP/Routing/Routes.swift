public import HTTPTypes
public import UVCore

/// A method and a path, and what answers them.
@LoopActor
public struct Route {
    /// The method that it is for. A route for GET answers HEAD too.
    public var method: HTTPRequest.Method

    /// Literal segments, `:name` for any one segment, and as the last one maybe `*` for all that follow.
    public var path: String

    /// The chain in front of the handler, in the order in which it is called.
    public var middleware: [any Middleware]

    /// What answers.
    public var handler: HTTPServer.Handler

    /// A route that ``Routes/add(_:)`` takes.
    public init(
        _ method: HTTPRequest.Method, _ path: String, through middleware: [any Middleware] = [],
        _ handler: @escaping HTTPServer.Handler
    ) {
        self.method = method
        self.path = path
        self.middleware = middleware
        self.handler = handler
    }
}

/// What routes can be added to: a ``Router``, or a ``RouteGroup`` of one.
@LoopActor
public protocol Routes {
    /// Adds a route.
    ///
    /// - Precondition: The path begins with `/` and names each parameter once, the method is one that ``HTTPServer``
    ///   takes, and there is no route for both yet: paths that differ in the names of their parameters alone are one.
    func add(_ route: Route)
}

extension Routes {
    /// Adds a route.
    ///
    /// - Parameters:
    ///   - method: One that ``HTTPServer`` takes.
    ///   - path: Literal segments, `:name` for any one segment, and as the last one maybe `*` for all that follow.
    ///   - middleware: The chain in front of the handler, in the order in which it is called.
    ///   - handler: Answers the request, at once or later.
    /// - Precondition: See ``add(_:)``.
    public func on(
        _ method: HTTPRequest.Method, _ path: String, through middleware: [any Middleware] = [],
        _ handler: @escaping HTTPServer.Handler
    ) {
        add(Route(method, path, through: middleware, handler))
    }

    /// Adds a route whose handler is run as a task on the loop's thread.
    public func on(
        _ method: HTTPRequest.Method, _ path: String, through middleware: [any Middleware] = [],
        _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(method, path, through: middleware) { request, response in response.answer(request, by: handler) }
    }

    /// Adds routes whose paths begin with `path`, behind `middleware`.
    ///
    /// ```swift
    /// router.group("/tasks", through: [Members()]) { tasks in
    ///     tasks.get("/:id") { request, response in … }   // /tasks/:id
    ///     tasks.get("") { request, response in … }       // /tasks
    /// }
    /// ```
    public func group(
        _ path: String, through middleware: [any Middleware] = [], _ addRoutes: (RouteGroup) throws -> Void
    ) rethrows {
        try addRoutes(RouteGroup(path, through: middleware, of: self))
    }
}

/// Routes whose paths begin alike, behind the same middleware. Made by ``Routes/group(_:through:_:)``.
public struct RouteGroup: Routes {
    private let routes: any Routes
    private let path: String
    private let middleware: [any Middleware]

    init(_ path: String, through middleware: [any Middleware], of routes: any Routes) {
        self.routes = routes
        self.path = path
        self.middleware = middleware
    }

    /// Adds a route behind the group's path; the group's middleware comes before the route's.
    public func add(_ route: Route) {
        var route = route
        route.path = path + route.path
        route.middleware = middleware + route.middleware
        routes.add(route)
    }
}
