import HeapModule

/// The part of a graph that one resolution looks at, its ids numbered so that the work is done in arrays.
///
/// The method is Kahn's: count for each id the dependencies that are not ordered yet; those with none are ready; take
/// one, count down for its dependents, and so on. What is never ready is on a cycle or needs one.
///
/// It is a value that goes on in steps: each looks at the graph as it is then, and what was looked at before is not
/// looked at again. So the graph may change between two steps, and each id counts as it was when its turn came.
struct ResolutionScope<ID: Hashable & Comparable, Priority: Comparable> {
    /// A backward edge, and the next one from the same id: all edges lie in one array, as linked lists.
    private struct Edge {
        let dependency, dependent: Int
        let next: Int?
    }

    /// An id whose dependencies are all ordered; the least goes first.
    private struct Ready: Comparable {
        let priority: Priority
        let id: ID
        let number: Int

        static func < (left: Self, right: Self) -> Bool {
            left.priority == right.priority ? left.id < right.id : left.priority > right.priority
        }
    }

    /// What comes next, by the number of an id or of an edge.
    private enum Stage {
        case collecting(Int)
        case counting(Int)
        case ordering
        /// On the way to a cycle.
        case tracing(Int)
    }

    private var stage = Stage.collecting(0)
    private var ids: [ID] = []
    private var numbers: [ID: Int] = [:]
    private var priorities: [Priority] = []
    private var unmet: [Int] = []
    private var firstEdges: [Int?] = []
    private var edges: [Edge] = []
    private var ready = Heap<Ready>()
    private var order: [ID] = []
    /// For an id that cannot be ordered the first dependency that cannot be either.
    private var firstUnmet: [Int?] = []

    /// - Parameter count: about how many ids there will be.
    init(count: Int) {
        ids.reserveCapacity(count)
        numbers.reserveCapacity(count)
        priorities.reserveCapacity(count)
        unmet.reserveCapacity(count)
        firstEdges.reserveCapacity(count)
    }

    /// Numbers `id`, one of the roots; all of them come before the first step.
    @discardableResult
    mutating func add(_ id: ID, priority: Priority) -> Int {
        numbers[id] = ids.count
        ids.append(id)
        priorities.append(priority)
        unmet.append(0)
        firstEdges.append(nil)
        return ids.count - 1
    }

    /// Goes on until `looks` are used up, one for each id or edge that is looked at; nil if there is more to do.
    mutating func step(
        in graph: DependencyGraph<ID>, looks: inout Int, priority: (ID) -> Priority?
    ) -> Resolution<ID>? {
        while looks > 0 {
            looks -= 1
            switch stage {
            case .collecting(let number) where number < ids.count:
                if let missing = collect(number, in: graph, looks: &looks, priority: priority) { return missing }
                stage = .collecting(number + 1)
            case .collecting:
                order.reserveCapacity(ids.count)
                stage = .counting(0)
            case .counting(let number) where number < ids.count:
                if unmet[number] == 0 { makeReady(number) }
                stage = .counting(number + 1)
            case .counting: stage = .ordering
            case .ordering:
                if orderNext(&looks) { continue }
                if order.count == ids.count { return .order(order) }
                firstUnmet = Array(repeating: nil, count: ids.count)
                stage = .tracing(0)
            case .tracing(let edge) where edge < edges.count:
                trace(edges[edge])
                stage = .tracing(edge + 1)
            case .tracing: return .cycle(cycle())
            }
        }
        return nil
    }
}

// MARK: - The stages

extension ResolutionScope {
    /// Numbers, breadth first, what the id of that number needs; the answer if one of them is missing.
    private mutating func collect(
        _ number: Int, in graph: DependencyGraph<ID>, looks: inout Int, priority: (ID) -> Priority?
    ) -> Resolution<ID>? {
        let dependencies = graph.dependencies(of: ids[number])
        looks -= dependencies.count
        for dependency in dependencies {
            if let known = numbers[dependency] {
                addEdge(from: known, to: number)
            } else if let priority = priority(dependency) {
                addEdge(from: add(dependency, priority: priority), to: number)
            } else {
                return .missing(dependency, requiredBy: ids[number])
            }
        }
        return nil
    }

    private mutating func addEdge(from dependency: Int, to dependent: Int) {
        edges.append(Edge(dependency: dependency, dependent: dependent, next: firstEdges[dependency]))
        firstEdges[dependency] = edges.count - 1
        unmet[dependent] += 1
    }

    private mutating func makeReady(_ number: Int) {
        ready.insert(Ready(priority: priorities[number], id: ids[number], number: number))
    }

    /// Orders the first of those that are ready; false if none is.
    private mutating func orderNext(_ looks: inout Int) -> Bool {
        guard let first = ready.popMin() else { return false }
        order.append(first.id)
        var next = firstEdges[first.number]
        while let edge = next {
            looks -= 1
            let dependent = edges[edge].dependent
            unmet[dependent] -= 1
            if unmet[dependent] == 0 { makeReady(dependent) }
            next = edges[edge].next
        }
        return true
    }

    /// The edges of an id were added in the order of its dependencies, so the first that counts is the first of them.
    private mutating func trace(_ edge: Edge) {
        guard unmet[edge.dependency] > 0, firstUnmet[edge.dependent] == nil else { return }
        firstUnmet[edge.dependent] = edge.dependency
    }

    /// Walks from an id that was never ready to a dependency that was not either, until one is met again.
    private func cycle() -> [ID] {
        var path: [ID] = []
        var stepsTo = [Int?](repeating: nil, count: ids.count)
        var current = unmet.firstIndex { $0 > 0 }
        while let number = current {
            path.append(ids[number])
            if let start = stepsTo[number] { return Array(path[start...]) }
            stepsTo[number] = path.count - 1
            current = firstUnmet[number]
        }
        preconditionFailure("an id was not ordered although all it needs was")
    }
}
