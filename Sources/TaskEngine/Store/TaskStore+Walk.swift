extension TaskStore {
    /// Which end a walk begins at.
    public enum WalkOrder: String, Sendable, CaseIterable {
        /// From the first task that was created on: ids ascend.
        case oldest
        /// From the last one back: ids descend.
        case newest
    }

    /// The tasks in the order of their creation, or against it: those behind `cursor` on the way, or all.
    ///
    /// `cursor` need not be there any more. A walk in steps, each `tasks(after:)` the last id of the step before, shows
    /// each task once at most and leaves out none that was there all the time, whatever is created or deleted in
    /// between. It must not be kept while the store changes, or it keeps the whole store as it was.
    /// - Complexity: O(log *n*) to begin, O(1) for each task.
    public func tasks(_ first: WalkOrder = .oldest, after cursor: TaskID? = nil) -> Walk {
        let ids =
            switch first {
            case .oldest: cursor.map(order.makeIterator(after:)) ?? order.makeIterator()
            case .newest: cursor.map(order.makeDescendingIterator(before:)) ?? order.makeDescendingIterator()
            }
        return Walk(ids: ids, store: self)
    }

    /// The first `limit` tasks after `cursor` that pass the test.
    ///
    /// - Complexity: O(log *n* + tasks looked at): it looks on for one task more, to say whether there is one.
    public func page(
        after cursor: TaskID? = nil, limit: Int, where isIncluded: (TaskRecord) -> Bool = { _ in true }
    ) -> Page {
        var found: [TaskRecord] = []
        for task in tasks(after: cursor) where isIncluded(task) {
            guard found.count < limit else { return Page(tasks: found, next: found.last?.id) }
            found.append(task)
        }
        return Page(tasks: found, next: nil)
    }

    /// Tasks on the way of a walk.
    public struct Walk: Sequence, IteratorProtocol, Sendable {
        fileprivate var ids: CreationOrder<TaskID>.Iterator
        fileprivate let store: TaskStore

        public mutating func next() -> TaskRecord? {
            ids.next().flatMap { store[$0] }
        }
    }

    /// A part of a list.
    public struct Page: Sendable, Hashable {
        /// As many as were asked for, or the rest, in the order of their creation.
        public let tasks: [TaskRecord]
        /// The cursor of the next page, `nil` if this is the last.
        public let next: TaskID?
    }
}
