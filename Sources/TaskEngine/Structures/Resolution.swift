/// What comes of asking a `DependencyGraph` for an order.
public enum Resolution<ID> {
    /// Each after all that it needs.
    case order([ID])
    /// There is none: each of these needs the one after it. The first and the last are the same.
    case cycle([ID])
    /// There is none: `requiredBy` needs an id that names nothing.
    case missing(ID, requiredBy: ID)
}

extension Resolution: Sendable where ID: Sendable {}
extension Resolution: Equatable where ID: Equatable {}
