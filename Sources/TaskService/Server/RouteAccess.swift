import UVHTTP

/// What stands in front of the end points: for each kind of them the middleware that lets its callers through.
struct RouteAccess {
    /// In front of what every caller with a token may read, and the admin may change.
    var members: [Middleware] = []
    /// In front of the work that keeps the loop or a worker busy while its caller waits.
    var heavyWork: [Middleware] = []
    /// In front of the demonstrations.
    var demonstrations: [Middleware] = []
}
