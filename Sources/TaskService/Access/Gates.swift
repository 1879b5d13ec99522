import UVCore
import UVHTTP

/// The middleware in front of each kind of end point: it lets those callers through that may use it. Host and origin were
/// looked at before.
struct Gates {
    /// For every caller with a token; users and workers may only read. Most routes are so.
    let members: [any Middleware]
    /// For the admin and workers; users may only read.
    let workers: [any Middleware]
    /// For the admin alone, in development mode for the user too: work that keeps the loop or a worker busy.
    let heavyWork: [any Middleware]
    /// For every caller, with or without a token.
    let demonstrations: [any Middleware] = []

    /// - Parameter notesRoles: Whether roles are noted on requests, for the log of requests.
    @LoopActor
    init(_ credentials: Credentials, _ refusals: RefusalLog, notesRoles: Bool) {
        let auth = AuthMiddleware(credentials: credentials, refusals: refusals, notesRoles: notesRoles)
        members = [Gate(auth: auth, permission: PermissionMiddleware(admitsUser: true))]
        workers = [
            Gate(auth: auth, permission: PermissionMiddleware(admitsUser: true, admitsWorker: true))
        ]
        heavyWork = [Gate(auth: auth, permission: PermissionMiddleware(admitsUser: credentials.isDevelopment))]
    }
}

/// Token and permission in one step: the role goes from one to the other as a value.
private struct Gate: Middleware {
    let auth: AuthMiddleware
    let permission: PermissionMiddleware

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        try auth(request, response) { role in
            try permission(role, request, response) { try next() }
        }
    }
}
