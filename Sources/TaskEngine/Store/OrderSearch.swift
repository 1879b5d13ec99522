/// Finds an order to work in a step at a time, so that among many tasks others get their turn in between.
///
/// The store may change between two steps. Each task counts as it was when it was looked at; a circle or a missing task
/// is only reported if it is there at the end, else the search begins anew.
public struct OrderSearch {
    /// The result of a step.
    public enum Progress: Sendable, Equatable {
        case goesOn
        case found(Resolution<TaskID>)
        /// The task whose order was asked for was deleted meanwhile.
        case noSuchTask
    }

    /// The task that is ordered with all it needs; nil for all tasks.
    public let root: TaskID?

    private var scope: ResolutionScope<TaskID, Int>?
    /// The last of the roots that was added; nil before the first.
    private var lastRoot: TaskID?
    private var hasAllRoots = false
    /// The number of the store's last event when the search began.
    private var beganAt = 0

    public init(of root: TaskID? = nil) { self.root = root }

    /// Goes on for about `looks` tasks and edges.
    ///
    /// - Complexity: O(`looks` log *n*), for *n* tasks; a circle is looked at as a whole.
    public mutating func step(over store: TaskStore, looks: Int) -> Progress {
        var looks = looks
        if let root, store[root] == nil { return .noSuchTask }
        if !hasAllRoots { addRoots(of: store, &looks) }
        guard hasAllRoots, let resolution = scope?.step(in: store.graph, looks: &looks, priority: store.priority(of:))
        else { return .goesOn }
        guard store.sequence == beganAt || store.holds(resolution) else {
            self = OrderSearch(of: root)
            return .goesOn
        }
        return .found(resolution)
    }

    private mutating func addRoots(of store: TaskStore, _ looks: inout Int) {
        if scope == nil {
            scope = ResolutionScope(count: root == nil ? store.count : 1)
            beganAt = store.sequence
        }
        if let root, let priority = store.priority(of: root) {
            scope?.add(root, priority: priority)
            hasAllRoots = true
            return
        }
        for id in store.ids(after: lastRoot) {
            guard looks > 0 else { return }
            looks -= 1
            if let priority = store.priority(of: id) { scope?.add(id, priority: priority) }
            lastRoot = id
        }
        hasAllRoots = true
    }
}

extension TaskStore {
    func priority(of id: TaskID) -> Int? { records[id]?.priority }

    func ids(after id: TaskID?) -> IteratorSequence<CreationOrder<TaskID>.Iterator> {
        IteratorSequence(id.map(order.makeIterator(after:)) ?? order.makeIterator())
    }

    /// Whether there is no order for the reason that `resolution` gives. An order holds.
    fileprivate func holds(_ resolution: Resolution<TaskID>) -> Bool {
        switch resolution {
        case .order: true
        case .cycle(let path): zip(path, path.dropFirst()).allSatisfy { graph.dependents(of: $1).contains($0) }
        case .missing(let id, let requiredBy): records[id] == nil && graph.dependents(of: id).contains(requiredBy)
        }
    }
}
