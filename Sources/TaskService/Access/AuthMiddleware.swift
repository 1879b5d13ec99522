import HTTPTypes
import UVCore
import UVHTTP

/// Lets those pass who show a token, and notes their role: `request[Role.self]`.
@LoopActor
struct AuthMiddleware {
    let credentials: Credentials

    func callAsFunction(_ request: IncomingMessage, _ response: ServerResponse, _ next: Next) throws {
        guard let role = credentials.role(authorization: request.header(.authorization)) else {
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
