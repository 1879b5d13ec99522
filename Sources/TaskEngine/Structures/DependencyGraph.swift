/// Who needs whom, walkable both ways.
///
/// ```
///   tests ──needs──▶ build ──needs──▶ design        dependencies(of: tests)  = [build]
///   docs  ──needs──▶ build                          dependents(of: build)    = {tests, docs}
/// ```
///
/// Each edge is kept twice: forward in the order given, and backward, so that whoever goes finds those that need it
/// without a look at all the others. An edge may lead to an id that names nothing (yet), and edges may form a cycle;
/// both are found when an order is asked for, in `resolve`.
public struct DependencyGraph<ID: Hashable & Comparable> {
    private(set) var forward: [ID: [ID]] = [:]
    private(set) var backward: [ID: Set<ID>] = [:]

    public init() {}

    /// What `id` needs, in the order given. O(1).
    public func dependencies(of id: ID) -> [ID] {
        forward[id] ?? []
    }

    /// What needs `id`, whether `id` itself exists or not. O(1).
    public func dependents(of id: ID) -> Set<ID> {
        backward[id] ?? []
    }

    /// Lets `id` need `dependencies`, each named once, and nothing else any more.
    ///
    /// - Complexity: O(edges of `id`, before and after).
    public mutating func setDependencies(of id: ID, to dependencies: [ID]) {
        guard dependencies != forward[id] ?? [] else { return }
        for dependency in self.dependencies(of: id) {
            removeBackwardEdge(from: dependency, to: id)
        }
        for dependency in dependencies {
            backward[dependency, default: []].insert(id)
        }
        forward[id] = dependencies.isEmpty ? nil : dependencies
    }

    /// Takes `id` out with all its edges, and returns those that needed it.
    ///
    /// - Complexity: O(edges of `id` and of those that needed it).
    @discardableResult
    public mutating func remove(_ id: ID) -> Set<ID> {
        setDependencies(of: id, to: [])
        let dependents = backward.removeValue(forKey: id) ?? []
        for dependent in dependents {
            let rest = dependencies(of: dependent).filter { $0 != id }
            forward[dependent] = rest.isEmpty ? nil : rest
        }
        return dependents
    }

    private mutating func removeBackwardEdge(from dependency: ID, to id: ID) {
        backward[dependency]?.remove(id)
        if backward[dependency]?.isEmpty == true { backward[dependency] = nil }
    }
}

extension DependencyGraph: Sendable where ID: Sendable {}
extension DependencyGraph: Equatable {}
