/// What the owner of a token may do.
enum Role: Hashable, Sendable {
    /// Everything.
    case admin
    /// Read.
    case user

    /// As the log calls it.
    var name: String {
        switch self {
        case .admin: "admin"
        case .user: "user"
        }
    }
}
