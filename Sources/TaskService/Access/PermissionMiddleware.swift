import HTTPTypes
import UVCore
import UVHTTP

/// Passes on a request whose role is sufficient. It comes behind ``AuthMiddleware``.
@LoopActor
struct PermissionMiddleware {
    /// Whether a user may do what is asked, if it only reads.
    let admitsUser: Bool

    func callAsFunction(
        _ role: Role, _ request: IncomingMessage, _ response: ServerResponse, _ next: () throws -> Void
    ) rethrows {
        switch role {
        case .admin: try next()
        case .user where admitsUser && request.method.onlyReads: try next()
        case .user: response.end(.insufficientPermissions, "Only the admin may do this.")
        }
    }
}

extension HTTPRequest.Method {
    /// Whether the method asks for nothing to be changed.
    var onlyReads: Bool { rawValue.isSame(as: "GET") || rawValue.isSame(as: "HEAD") }
}
