extension Routes {
    /// Adds a route for GET. See ``on(_:_:through:_:)-(_,_,_,HTTPServer.Handler)``.
    public func get(_ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.Handler)
    {
        on(.get, path, through: middleware, handler)
    }

    /// Adds a route for GET whose handler is run as a task on the loop's thread.
    public func get(
        _ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.get, path, through: middleware, handler)
    }

    /// Adds a route for POST. See ``on(_:_:through:_:)-(_,_,_,HTTPServer.Handler)``.
    public func post(_ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.Handler)
    {
        on(.post, path, through: middleware, handler)
    }

    /// Adds a route for POST whose handler is run as a task on the loop's thread.
    public func post(
        _ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.post, path, through: middleware, handler)
    }

    /// Adds a route for PUT. See ``on(_:_:through:_:)-(_,_,_,HTTPServer.Handler)``.
    public func put(_ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.Handler)
    {
        on(.put, path, through: middleware, handler)
    }

    /// Adds a route for PUT whose handler is run as a task on the loop's thread.
    public func put(
        _ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.put, path, through: middleware, handler)
    }

    /// Adds a route for PATCH. See ``on(_:_:through:_:)-(_,_,_,HTTPServer.Handler)``.
    public func patch(
        _ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.Handler
    ) {
        on(.patch, path, through: middleware, handler)
    }

    /// Adds a route for PATCH whose handler is run as a task on the loop's thread.
    public func patch(
        _ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.patch, path, through: middleware, handler)
    }

    /// Adds a route for DELETE. See ``on(_:_:through:_:)-(_,_,_,HTTPServer.Handler)``.
    public func delete(
        _ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.Handler
    ) {
        on(.delete, path, through: middleware, handler)
    }

    /// Adds a route for DELETE whose handler is run as a task on the loop's thread.
    public func delete(
        _ path: String, through middleware: [any Middleware] = [], _ handler: @escaping HTTPServer.AsyncHandler
    ) {
        on(.delete, path, through: middleware, handler)
    }
}
