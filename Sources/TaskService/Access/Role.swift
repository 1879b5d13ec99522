/// What the owner of a token may do.
enum Role: Hashable, Sendable {
    /// Everything.
    case admin
    /// Read.
    case user
    /// Read, make tasks, and work on them.
    case worker

    /// As the log calls it.
    var name: String {
        switch self {
        case .admin: "admin"
        case .user: "user"
        case .worker: "worker"
        }
    }
}
