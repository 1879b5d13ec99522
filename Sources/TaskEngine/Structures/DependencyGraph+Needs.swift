extension DependencyGraph {
    /// What one id needs, in the order given.
    ///
    /// An id that goes is noted beside the list, which is not searched for it and shares its memory with the task that
    /// gave it. When a part of the list has gone, it is written anew: so the note is short, and each id that goes costs
    /// a few looks, however long the list is.
    struct Needs {
        private(set) var given: [ID]
        private var gone: Set<ID> = []

        init(_ given: [ID]) { self.given = given }

        var isEmpty: Bool { gone.count == given.count }

        /// What is left. O(1), and O(*n*) when an id has gone.
        var rest: [ID] { gone.isEmpty ? given : given.filter { !gone.contains($0) } }

        /// Notes that `id`, one of those that are left, has gone.
        mutating func remove(_ id: ID) {
            gone.insert(id)
            guard gone.count * Self.part >= given.count else { return }
            given = rest
            gone = []
        }

        /// The list is written anew when one of so many has gone.
        private static var part: Int { 8 }
    }
}

extension DependencyGraph.Needs: Sendable where ID: Sendable {}

extension DependencyGraph.Needs: Equatable {
    static func == (left: Self, right: Self) -> Bool { left.rest == right.rest }
}
