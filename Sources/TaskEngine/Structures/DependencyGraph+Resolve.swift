import HeapModule

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
        if let (id, requiredBy) = scope.collect(roots, in: self, priority: priority) {
            return .missing(id, requiredBy: requiredBy)
        }
        let order = scope.takeReady()
        return order.count == scope.ids.count ? .order(order) : .cycle(scope.cycle(in: self))
    }
}

/// The part of a graph that one resolution looks at, its ids numbered so that the work is done in arrays.
///
/// The method is Kahn's: count for each id the dependencies that are not ordered yet; those with none are ready; take
/// one, count down for its dependents, and so on. What is never ready is on a cycle or needs one.
private struct ResolutionScope<ID: Hashable & Comparable, Priority: Comparable> {
    /// A backward edge, and the next one from the same id: all edges lie in one array, as linked lists.
    private struct Edge {
        let dependent: Int
        let next: Int?
    }

    private(set) var ids: [ID] = []
    private var numbers: [ID: Int] = [:]
    private var priorities: [Priority] = []
    private var unmet: [Int] = []
    private var firstEdges: [Int?] = []
    private var edges: [Edge] = []

    /// Numbers the roots and, breadth first, all that they need; returns the first id that is missing.
    mutating func collect(
        _ roots: some Sequence<ID>, in graph: DependencyGraph<ID>, priority: (ID) -> Priority?
    ) -> (id: ID, requiredBy: ID)? {
        reserveCapacity(roots.underestimatedCount)
        for root in roots {
            guard let priority = priority(root) else { preconditionFailure("root \(root) does not exist") }
            add(root, priority: priority)
        }
        var number = 0
        while number < ids.count {
            for dependency in graph.dependencies(of: ids[number]) {
                if let known = numbers[dependency] {
                    addEdge(from: known, to: number)
                } else if let priority = priority(dependency) {
                    addEdge(from: add(dependency, priority: priority), to: number)
                } else {
                    return (dependency, requiredBy: ids[number])
                }
            }
            number += 1
        }
        return nil
    }

    /// Orders all that can be ordered.
    ///
    /// The ids are ranked once by priority and age; from then on who goes first is a comparison of two numbers.
    mutating func takeReady() -> [ID] {
        let byRank = ids.indices.sorted(by: goesBefore)
        var ranks = [Int](repeating: 0, count: ids.count)
        for (rank, number) in byRank.enumerated() { ranks[number] = rank }

        var order: [ID] = []
        order.reserveCapacity(ids.count)
        var ready = Heap(byRank.indices.filter { unmet[byRank[$0]] == 0 })
        while let rank = ready.popMin() {
            let number = byRank[rank]
            order.append(ids[number])
            var next = firstEdges[number]
            while let edge = next {
                let dependent = edges[edge].dependent
                unmet[dependent] -= 1
                if unmet[dependent] == 0 { ready.insert(ranks[dependent]) }
                next = edges[edge].next
            }
        }
        return order
    }

    /// Walks from an id that was never ready to a dependency that was not either, until one is met again.
    func cycle(in graph: DependencyGraph<ID>) -> [ID] {
        var path: [ID] = []
        var stepsTo = [Int?](repeating: nil, count: ids.count)
        var current = unmet.firstIndex { $0 > 0 }
        while let number = current {
            path.append(ids[number])
            if let start = stepsTo[number] { return Array(path[start...]) }
            stepsTo[number] = path.count - 1
            current = graph.dependencies(of: ids[number]).lazy.compactMap { numbers[$0] }.first { unmet[$0] > 0 }
        }
        preconditionFailure("an id was not ordered although all it needs was")
    }

    private func goesBefore(_ left: Int, _ right: Int) -> Bool {
        priorities[left] == priorities[right] ? ids[left] < ids[right] : priorities[left] > priorities[right]
    }

    private mutating func reserveCapacity(_ count: Int) {
        ids.reserveCapacity(count)
        numbers.reserveCapacity(count)
        priorities.reserveCapacity(count)
        unmet.reserveCapacity(count)
        firstEdges.reserveCapacity(count)
    }

    @discardableResult
    private mutating func add(_ id: ID, priority: Priority) -> Int {
        numbers[id] = ids.count
        ids.append(id)
        priorities.append(priority)
        unmet.append(0)
        firstEdges.append(nil)
        return ids.count - 1
    }

    private mutating func addEdge(from dependency: Int, to dependent: Int) {
        edges.append(Edge(dependent: dependent, next: firstEdges[dependency]))
        firstEdges[dependency] = edges.count - 1
        unmet[dependent] += 1
    }
}
