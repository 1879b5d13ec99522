import TaskEngine

/// Looks for the tasks of a page a step at a time: there may be many between two that the filter admits.
struct PageSearch {
    private let filter: TaskFilter
    private let limit: Int
    private var cursor: TaskID?
    private var hasMore = false
    /// What was found so far.
    private(set) var ids: [TaskID] = []

    init(_ filter: TaskFilter, limit: Int) {
        self.filter = filter
        self.limit = limit
        cursor = filter.cursor
    }

    /// The cursor of the next page; nil if this is the last.
    var next: TaskID? { hasMore ? ids.last : nil }

    /// Looks at the next tasks; returns whether there are more to be looked at.
    ///
    /// - Complexity: O(log *n* + `looks`), for *n* tasks.
    mutating func step(over store: TaskStore, looks: Int) -> Bool {
        var looks = looks
        for task in filter.walk(over: store, after: cursor) {
            guard looks > 0 else { return true }
            looks -= filter.looks(at: task)
            cursor = task.id
            guard filter.admits(task, in: store) else { continue }
            // One task more, to say whether there is one.
            hasMore = ids.count == limit
            if hasMore { return false }
            ids.append(task.id)
        }
        return false
    }
}
