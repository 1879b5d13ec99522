/// The part of a graph that one resolution looks at, its ids numbered so that the work is done in arrays.
///
/// The method is Kahn's: count for each id the dependencies that are not ordered yet; those with none are ready; take
/// one, count down for its dependents, and so on. What is never ready is on a cycle or needs one.
///
/// It is a value that goes on in steps: each looks at the graph as it is then, and what was looked at before is not
/// looked at again. So the graph may change between two steps, and each id counts as it was when its turn came. No step
/// is longer than it may be, whatever the graph looks like, and no array or table here grows in one go.
struct ResolutionScope<ID: Hashable & Comparable, Priority: Comparable> {
    /// An id, and what is known of it.
    private struct Member {
        let id: ID
        let priority: Priority
        /// How many of those that it needs are not ordered yet.
        var unmet = 0
        /// The first of the edges to what it needs, which lie together in the order of its dependencies.
        var ownEdges = 0
        /// The last edge to it from one that needs it.
        var lastEdge: Int?
        /// Where it is on the way to a cycle.
        var position: Int?
    }

    /// Between two members, by their numbers; and the edge before it to the same dependency, as a linked list.
    private struct Edge {
        let dependency, dependent: Int
        let previous: Int?
    }

    /// An id whose dependencies are all ordered.
    private struct Ready: Comparable {
        let id: ID
        let number: Int

        static func < (left: Self, right: Self) -> Bool { left.id < right.id }
    }

    /// What comes next, by the number of a member or of an edge.
    private enum Stage {
        case collecting(Int)
        case counting(Int)
        case ordering
        /// One is ordered, and one that needs it is told.
        case releasing(Int)
        /// Not all could be ordered: looking for the first of the others.
        case seeking(Int)
        /// On the way from that to a cycle.
        case following(Int)
    }

    private var stage = Stage.collecting(0)
    private var members = PieceArray<Member>()
    /// Where an id is in `members`.
    private var numbers = IDTable<HashedKey<ID>, Int>()
    private var edges = PieceArray<Edge>()
    private var ready = PriorityQueue<Ready, Priority>()
    /// Those that are ordered; later the way to a cycle.
    private var path: [ID] = []

    /// Numbers `id`, one of the roots; all of them come before the first step.
    @discardableResult
    mutating func add(_ id: ID, priority: Priority) -> Int {
        let number = members.count
        numbers.updateValue(number, for: HashedKey(id))
        members.append(Member(id: id, priority: priority))
        return number
    }

    /// Goes on until `looks` are used up, one for each id or edge that is looked at; nil if there is more to do.
    ///
    /// - Parameter priority: The priority of an id; nil if it names nothing.
    mutating func step(
        in graph: DependencyGraph<ID>, looks: inout Int, priority: (ID) -> Priority?
    ) -> Resolution<ID>? {
        while looks > 0 {
            looks -= 1
            switch stage {
            case .collecting(let number) where number < members.count:
                if let missing = collect(number, in: graph, looks: &looks, priority: priority) { return missing }
                stage = .collecting(number + 1)
            case .collecting:
                path.reserveCapacity(members.count)
                stage = .counting(0)
            case .counting(let number) where number < members.count:
                if members[number].unmet == 0 { makeReady(number) }
                stage = .counting(number + 1)
            case .counting: stage = .ordering
            case .ordering:
                if orderNext() { continue }
                if path.count == members.count { return .order(path) }
                path = []
                stage = .seeking(0)
            case .releasing(let edge): release(edges[edge])
            case .seeking(let number):
                stage = members[number].unmet > 0 ? .following(number) : .seeking(number + 1)
            case .following(let number):
                if let cycle = follow(number, looks: &looks) { return .cycle(cycle) }
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
        members[number].ownEdges = edges.count
        let dependencies = graph.dependencies(of: members[number].id)
        looks -= dependencies.count
        for dependency in dependencies {
            if let known = numbers[HashedKey(dependency)] {
                addEdge(from: known, to: number)
            } else if let priority = priority(dependency) {
                addEdge(from: add(dependency, priority: priority), to: number)
            } else {
                return .missing(dependency, requiredBy: members[number].id)
            }
        }
        return nil
    }

    private mutating func addEdge(from dependency: Int, to dependent: Int) {
        let edge = Edge(dependency: dependency, dependent: dependent, previous: members[dependency].lastEdge)
        members[dependency].lastEdge = edges.count
        edges.append(edge)
        members[dependent].unmet += 1
    }

    private mutating func makeReady(_ number: Int) {
        ready.insert(Ready(id: members[number].id, number: number), priority: members[number].priority)
    }

    /// Orders the first of those that are ready; false if none is.
    private mutating func orderNext() -> Bool {
        guard let first = ready.popFirst() else { return false }
        path.append(first.id)
        goOn(to: members[first.number].lastEdge)
        return true
    }

    private mutating func release(_ edge: Edge) {
        members[edge.dependent].unmet -= 1
        if members[edge.dependent].unmet == 0 { makeReady(edge.dependent) }
        goOn(to: edge.previous)
    }

    private mutating func goOn(to edge: Int?) {
        stage = edge.map(Stage.releasing) ?? .ordering
    }

    /// Goes on from an id that was never ready to the first it needs that was not either. When one is met again, the way
    /// from there is a cycle.
    private mutating func follow(_ number: Int, looks: inout Int) -> [ID]? {
        let id = members[number].id
        path.append(id)
        if let start = members[number].position { return Array(path[start...]) }
        members[number].position = path.count - 1
        var edge = members[number].ownEdges
        while members[edges[edge].dependency].unmet == 0 {
            precondition(edges[edge].dependent == number, "\(id) was not ordered although all it needs was")
            edge += 1
            looks -= 1
        }
        stage = .following(edges[edge].dependency)
        return nil
    }
}
