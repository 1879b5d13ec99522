/// In which order tasks can be done, or why in none.
public enum Plan: Equatable {
    /// Each task behind all that it needs.
    case order([String])
    /// Tasks of which each needs the next one; the last one is the first again.
    case circle([String])
    /// A task that is not there, and one that needs it.
    case missing(String, neededBy: String)
}

/// Puts tasks into an order.
///
/// - Parameter needs: For each task those that it needs.
public func plan(_ needs: [String: [String]]) -> Plan {
    .order(needs.keys.sorted())
}
