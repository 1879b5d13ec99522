/// Which id needs which others. Each edge can be followed both ways.
///
/// ```
///   tests ──needs──▶ build ──needs──▶ design        dependencies(of: tests)  = [build]
///   docs  ──needs──▶ build                          dependents(of: build)    = {tests, docs}
/// ```
///
/// Each edge is kept twice: forward in the order given, and backward, so that an id that goes finds those that need it
/// without a look at all the others. Neither direction, nor the set of those that need one id, grows in one go. An edge
/// may lead to an id that names nothing (yet), and edges may form a cycle; both are found when an order is asked for, in
/// `resolve`.
public struct DependencyGraph<ID: Hashable & Comparable> {
    private(set) var forward = IDTable<HashedKey<ID>, Needs>()
    private(set) var backward = IDTable<HashedKey<ID>, IDSet<ID>>()

    /// A graph without edges.
    public init() {}

    /// What `id` needs, in the order given. O(1), and O(edges of `id`) when one of them has gone.
    public func dependencies(of id: ID) -> [ID] {
        needs(of: id)?.rest ?? []
    }

    /// What needs `id`, whether `id` itself exists or not.
    ///
    /// - Complexity: O(those that need it).
    public func dependents(of id: ID) -> Set<ID> { Set(dependentSet(of: id)) }

    /// Whether any needs another. O(1).
    var hasEdges: Bool { !backward.isEmpty }

    /// What needs `id`, as it lies here. O(1).
    func dependentSet(of id: ID) -> IDSet<ID> { backward.isEmpty ? IDSet() : backward[HashedKey(id)] ?? IDSet() }

    /// Whether `id` needs `dependency`. O(1).
    func needs(_ id: ID, _ dependency: ID) -> Bool {
        backward.isEmpty ? false : backward[HashedKey(dependency)]?.contains(id) ?? false
    }

    /// What `id` needs; nil if that is nothing. O(1).
    func needs(of id: ID) -> Needs? { forward.isEmpty ? nil : forward[HashedKey(id)] }

    /// Lets `id` need `dependencies`, each named once, and nothing else any more.
    ///
    /// - Complexity: O(edges between the first and the last that differ), and a comparison for each of the others.
    public mutating func setDependencies(of id: ID, to dependencies: [ID]) {
        if dependencies.isEmpty, forward.isEmpty { return }
        let key = HashedKey(id)
        let needs =
            dependencies.isEmpty
            ? forward.removeValue(for: key) : forward.updateValue(Needs(dependencies), for: key)
        let former = needs?.rest ?? []
        let same = Self.sameEnds(former, dependencies)
        guard former.count != dependencies.count || same.start < former.count else { return }
        for dependency in former[same.start..<former.count - same.end] {
            removeBackwardEdge(from: dependency, to: id)
        }
        for dependency in dependencies[same.start..<dependencies.count - same.end] {
            backward.change(HashedKey(dependency), orPut: IDSet(id)) { $0.insert(id) }
        }
    }

    /// How many ids both have in common at the start, and of the rest at the end.
    private static func sameEnds(_ left: [ID], _ right: [ID]) -> (start: Int, end: Int) {
        let shorter = min(left.count, right.count)
        var (start, end) = (0, 0)
        while start < shorter, left[start] == right[start] { start += 1 }
        while start + end < shorter, left[left.count - 1 - end] == right[right.count - 1 - end] { end += 1 }
        return (start, end)
    }

    /// Touches what is known of ids, and of what they need: see `IDTable.touch`.
    func touch(_ edges: some Sequence<(id: ID, needed: [ID])>) {
        var (ids, needed): ([HashedKey<ID>], [HashedKey<ID>]) = ([], [])
        for edge in edges {
            ids.append(HashedKey(edge.id))
            for id in edge.needed.prefix(IDTable<HashedKey<ID>, Needs>.portion) { needed.append(HashedKey(id)) }
        }
        forward.touch(ids)
        backward.touch(needed)
    }

    /// Takes `id` out with all its edges, and returns those that needed it, in no order.
    ///
    /// - Complexity: O(edges of `id`, in both directions); the lists of those that needed it are not searched.
    @discardableResult
    public mutating func remove(_ id: ID) -> [ID] {
        setDependencies(of: id, to: [])
        guard !backward.isEmpty, let dependents = backward.removeValue(for: HashedKey(id)) else { return [] }
        for dependent in dependents { removeForwardEdge(from: dependent, to: id) }
        return Array(dependents)
    }

    private mutating func removeForwardEdge(from dependent: ID, to id: ID) {
        let isLast = forward.change(HashedKey(dependent)) { needs in
            needs.remove(id)
            return needs.isEmpty
        }
        if isLast ?? false { forward.removeValue(for: HashedKey(dependent)) }
    }

    private mutating func removeBackwardEdge(from dependency: ID, to id: ID) {
        let isLast = backward.change(HashedKey(dependency)) { dependents in
            dependents.remove(id)
            return dependents.isEmpty
        }
        if isLast ?? false { backward.removeValue(for: HashedKey(dependency)) }
    }
}

extension DependencyGraph: Sendable where ID: Sendable {}
extension DependencyGraph: Equatable {}
