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
        var role: Role?
        let showsToken = request.readHeader(.authorization) { role = credentials.role(authorization: $0) }
        guard let role else {
            // A request without a token has none that could be refused.
            if showsToken { refusals.count(.token, request) }
            return Self.refuse(response)
        }
        if notesRoles || request.hasHeader(.idempotencyKey) { request[Role.self] = role }
        try next(role)
    }

    /// Answers 401.
    static func refuse(_ response: ServerResponse) {
        response.setHeader(.wwwAuthenticate, "Bearer")
        response.end(.invalidToken, "A valid token is needed: Authorization: Bearer TOKEN.")
    }
}
