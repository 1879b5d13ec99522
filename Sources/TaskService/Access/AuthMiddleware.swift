import HTTPTypes
import UVCore
import UVHTTP

/// Passes on a request that shows a token, and notes its role: `request[Role.self]`.
@LoopActor
struct AuthMiddleware {
    let credentials: Credentials
    let refusals: RefusalLog

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        let authorization = request.header(.authorization)
        guard let role = credentials.role(authorization: authorization) else {
            // A request without a token has none that could be refused.
            if case .some = authorization { refusals.count(.token, request) }
            return Self.refuse(response)
        }
        request[Role.self] = role
        try next()
    }

    /// Answers 401.
    static func refuse(_ response: ServerResponse) {
        response.setHeader(.wwwAuthenticate, "Bearer")
        response.end(.invalidToken, "A valid token is needed: Authorization: Bearer TOKEN.")
    }
}
