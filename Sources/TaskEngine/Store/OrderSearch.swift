/// Finds an order to work in a step at a time, so that among many tasks others get their turn in between.
///
/// The store may change between two steps. Each task counts as it was when it was looked at; a circle or a missing task
/// is only reported if it was there at one moment as a whole, else the search begins anew.
public struct OrderSearch {
    /// The result of a step.
    public enum Progress: Sendable, Equatable {
        /// The looks are used up, and nothing is found yet: call again.
        case goesOn
        /// The end of the search: an order, or why there is none.
        case found(Resolution<TaskID>)
        /// The task whose order was asked for was deleted meanwhile.
        case noSuchTask
    }

    private enum Stage {
        /// The roots behind that one are to be added.
        case adding(after: TaskID?)
        case ordering
        case checking(CircleCheck)
    }

    /// The task that is ordered with all it needs; nil for all tasks.
    public let root: TaskID?

    private var stage = Stage.adding(after: nil)
    private var scope = ResolutionScope<TaskID, Int>()
    /// The number of the store's last event when the search began; nil before that.
    private var beganAt: Int?

    /// A search that looks at nothing before its first step.
    public init(of root: TaskID? = nil) { self.root = root }

    /// Goes on for about `looks` tasks and edges.
    ///
    /// - Complexity: O(`looks` log *n*), for *n* tasks.
    public mutating func step(over store: TaskStore, looks: Int) -> Progress {
        var looks = looks
        if let root, store.priority(of: root) == nil { return .noSuchTask }
        while looks > 0 {
            switch stage {
            case .adding(let last): addRoots(after: last, of: store, &looks)
            case .ordering:
                guard let found = scope.step(in: store.graph, looks: &looks, priority: store.priority(of:))
                else { return .goesOn }
                if store.sequence == beganAt { return .found(found) }
                if let certain = look(at: found, over: store) { return .found(certain) }
            case .checking(var check):
                switch check.step(over: store, looks: &looks) {
                case .goesOn: stage = .checking(check)
                case .isThere: return .found(.cycle(check.path))
                case .isGone: beginAnew()
                }
            }
        }
        return .goesOn
    }

    private mutating func addRoots(after last: TaskID?, of store: TaskStore, _ looks: inout Int) {
        if beganAt == nil { beganAt = store.sequence }
        if let root, let priority = store.priority(of: root) {
            scope.add(root, priority: priority)
            stage = .ordering
            return
        }
        for id in store.ids(after: last) {
            guard looks > 0 else { return }
            looks -= 1
            if let priority = store.priority(of: id) { scope.add(id, priority: priority) }
            stage = .adding(after: id)
        }
        stage = .ordering
    }

    /// What was found while the store changed; nil if it is not certain yet, or not true any more. An order is.
    private mutating func look(at found: Resolution<TaskID>, over store: TaskStore) -> Resolution<TaskID>? {
        switch found {
        case .order: return found
        case .cycle(let path): stage = .checking(CircleCheck(of: path, over: store))
        case .missing(let id, let requiredBy):
            if store.priority(of: id) == nil, store.graph.needs(requiredBy, id) { return found }
            beginAnew()
        }
        return nil
    }

    private mutating func beginAnew() { self = OrderSearch(of: root) }
}

extension TaskStore {
    func priority(of id: TaskID) -> Int? { records[id]?.task.priority }

    func ids(after id: TaskID?) -> IteratorSequence<CreationOrder<TaskID>.Iterator> {
        IteratorSequence(id.map(order.makeIterator(after:)) ?? order.makeIterator())
    }
}
