extension DependencyGraph {
    /// Orders `roots` and all that they need, directly or not: dependencies first, and among those that are ready the
    /// one with the highest priority, then the least id, which is the oldest.
    ///
    /// The answer depends on nothing but the edges, the priorities and the order of `roots`. A missing id is reported
    /// before a cycle; of several the one nearest to the roots. A cycle is the one met on the way from the first root
    /// that cannot be ordered, always on to the first dependency that cannot be either.
    ///
    /// No step calls itself, so a chain of any length fits on the stack.
    /// - Parameters:
    ///   - roots: ids that exist, each once.
    ///   - priority: the priority of an id, `nil` if it names nothing.
    /// - Complexity: O((*n* + *e*) log *n*), for *n* ids and *e* edges in reach of the roots.
    public func resolve<Priority: Comparable>(
        _ roots: some Sequence<ID>, priority: (ID) -> Priority?
    ) -> Resolution<ID> {
        var scope = ResolutionScope<ID, Priority>()
        for root in roots {
            guard let priority = priority(root) else { preconditionFailure("root \(root) does not exist") }
            scope.add(root, priority: priority)
        }
        while true {
            var looks = Int.max
            if let resolution = scope.step(in: self, looks: &looks, priority: priority) { return resolution }
        }
    }
}
