import HTTPTypes
import UVCore
import UVHTTP

/// Passes on a request whose role is sufficient. It comes behind ``AuthMiddleware``.
@LoopActor
struct PermissionMiddleware {
    /// Whether a user and a worker may do what is asked, if it only reads.
    let admitsUser: Bool
    /// Whether a worker may do it, whatever it is.
    var admitsWorker = false

    func callAsFunction(
        _ role: Role, _ request: IncomingMessage, _ response: ServerResponse, _ next: () throws -> Void
    ) rethrows {
        switch role {
        case .admin: try next()
        case .worker where admitsWorker: try next()
        case .user where admitsUser && request.method.onlyReads, .worker where admitsUser && request.method.onlyReads:
            try next()
        case .user where admitsWorker:
            response.end(.insufficientPermissions, "Only the admin and workers may do this.")
        case .user, .worker: response.end(.insufficientPermissions, "Only the admin may do this.")
        }
    }
}

extension HTTPRequest.Method {
    /// Whether the method asks for nothing to be changed.
    var onlyReads: Bool { rawValue.isSame(as: "GET") || rawValue.isSame(as: "HEAD") }
}
