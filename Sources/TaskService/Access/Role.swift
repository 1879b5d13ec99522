/// What whoever asks may do.
enum Role: Hashable, Sendable {
    /// Everything.
    case admin
    /// Read.
    case user
}
