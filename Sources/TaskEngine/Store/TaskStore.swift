/// All tasks, as the log has left them: what reads see.
///
/// One thing is kept here in five ways, each for a question that the others answer slowly, and all in step because
/// `apply` is the only way to change any of them:
///
/// | | answers | a change costs |
/// |---|---|---|
/// | `records`, a table by id | this task | O(1) |
/// | `order`, sorted ids in chunks, marked with states | the tasks after this one, also those in one state | O(log *n*), at most 64 ids moved |
/// | `queue`, a heap whose slots the records keep | the most urgent pending task | O(log *n*) |
/// | `graph`, edges both ways | an order to work in; what needs this task | O(edges that change) |
/// | `indexes`, for the work queue | what a task waits for; how many are in which state | O(1), or O(its dependants) at an end |
///
/// A store is a value: two that applied the same events are equal. A copy is cheap to take, a count of one reference, and
/// expensive to keep: while there are two, the next change to either copies the whole of it. Walks that last (an export, a
/// list read by pages) keep the last id they have seen and ask again.
public struct TaskStore: Sendable {
    private var box = Box()

    /// The store before the first event: no task, and ``sequence`` 0.
    public init() {}

    /// How many tasks there are. O(1).
    public var count: Int { records.count }

    /// Whether there is no task. O(1).
    public var isEmpty: Bool { records.isEmpty }

    /// The task of that id, `nil` if there is none. O(1).
    public subscript(id: TaskID) -> TaskRecord? {
        guard var task = box.contents.records[id]?.task else { return nil }
        if task.isShortened { task.dependencies = graph.dependencies(of: id) }
        return task
    }

    /// The first task of the queue, `nil` if none is pending. O(1).
    public var next: TaskRecord? { queue.first.flatMap { self[$0] } }

    /// All tasks in an order to work in: dependencies first, among those that are ready the higher priority, then the
    /// older.
    ///
    /// Among many tasks it takes as long as tens of thousands of requests: see `OrderSearch`.
    /// - Complexity: O((*n* + *e*) log *n*), for *n* tasks and *e* dependencies.
    public func resolveAll() -> Resolution<TaskID> {
        graph.resolve(order, priority: priority(of:))
    }

    /// A task and all that it needs, in an order to work in; `nil` if there is no such task.
    ///
    /// - Complexity: as `resolveAll`, for the tasks in question alone.
    public func resolve(_ id: TaskID) -> Resolution<TaskID>? {
        guard records[id] != nil else { return nil }
        return graph.resolve(CollectionOfOne(id), priority: priority(of:))
    }
}

// MARK: - Memory

extension TaskStore {
    /// A task, and where it waits in the queue; nil if it does not.
    struct Entry: Sendable {
        var task: TaskRecord
        var slot: PriorityQueue<TaskID, Int>.Slot?
    }

    private struct Contents {
        var records = IDTable<TaskID, Entry>()
        var order = CreationOrder<TaskID>(isMarked: true)
        var queue = PriorityQueue<TaskID, Int>()
        var graph = DependencyGraph<TaskID>()
        var indexes = WorkIndexes()
        var sequence = 0
        var lastID: TaskID?
    }

    /// What copies share. Unchecked, since `own` sees to it that the contents change only while one value alone has them.
    private final class Box: @unchecked Sendable {
        @exclusivity(unchecked) var contents: Contents

        init(_ contents: Contents = Contents()) { self.contents = contents }
    }

    /// The memory, which no other value has: it may be changed.
    private mutating func own() -> Box {
        if !isKnownUniquelyReferenced(&box) { box = Box(box.contents) }
        return box
    }

    /// The tasks, but that the graph has the dependencies of those that are shortened: to be read by the subscript.
    var records: IDTable<TaskID, Entry> {
        _read { yield box.contents.records }
        _modify { yield &own().contents.records }
    }

    var order: CreationOrder<TaskID> {
        _read { yield box.contents.order }
        _modify { yield &own().contents.order }
    }

    /// The pending tasks, most urgent first.
    public internal(set) var queue: PriorityQueue<TaskID, Int> {
        _read { yield box.contents.queue }
        _modify { yield &own().contents.queue }
    }

    /// Which task needs which others.
    public internal(set) var graph: DependencyGraph<TaskID> {
        _read { yield box.contents.graph }
        _modify { yield &own().contents.graph }
    }

    /// What the work queue asks for, beside the records.
    var indexes: WorkIndexes {
        _read { yield box.contents.indexes }
        _modify { yield &own().contents.indexes }
    }

    /// The number of the last event applied, 0 before the first.
    public internal(set) var sequence: Int {
        get { box.contents.sequence }
        _modify { yield &own().contents.sequence }
    }

    /// The highest id a task ever had, also one that is deleted: what a `TaskIDGenerator` goes on from.
    public internal(set) var lastID: TaskID? {
        get { box.contents.lastID }
        _modify { yield &own().contents.lastID }
    }
}

extension TaskStore: Equatable {
    public static func == (left: TaskStore, right: TaskStore) -> Bool {
        left.sequence == right.sequence && left.lastID == right.lastID && left.order == right.order
            && left.queue == right.queue && left.graph == right.graph
            && left.indexes == right.indexes
            && left.order.allSatisfy { left[$0] == right[$0] }
    }
}
