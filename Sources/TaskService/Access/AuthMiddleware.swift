import HTTPTypes
import UVCore
import UVHTTP

/// Passes on a request that shows a token, and its role with it.
@LoopActor
struct AuthMiddleware {
    let credentials: Credentials
    let refusals: RefusalLog
    /// Whether the role is noted on each request, `request[Role.self]`, for the log of requests. On one with an
    /// `Idempotency-Key` it is in any case: a key is its role's own.
    let notesRoles: Bool

    func callAsFunction(
        _ request: IncomingMessage, _ response: ServerResponse, _ next: (Role) throws -> Void
    ) rethrows {
        guard let role = request.notes.role ?? role(of: request) else { return Self.refuse(response) }
        if notesRoles || request.hasHeader(.idempotencyKey) { request[Role.self] = role }
        try next(role)
    }

    /// The role whose token the request shows; nil for none.
    private func role(of request: IncomingMessage) -> Role? {
        var role: Role?
        let showsToken = request.readHeader(.authorization) { role = credentials.role(authorization: $0) }
        if let role { request.note(.show(role)) }
        // A request without a token has none that could be refused.
        if showsToken, role == nil { refusals.count(.token, request) }
        return role
    }

    /// Answers 401.
    static func refuse(_ response: ServerResponse) {
        response.setHeader(.wwwAuthenticate, "Bearer")
        response.end(.invalidToken, "A valid token is needed: Authorization: Bearer TOKEN.")
    }
}
