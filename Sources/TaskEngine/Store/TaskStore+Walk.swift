extension TaskStore {
    /// Which end a walk begins at.
    public enum WalkOrder: String, Sendable, CaseIterable {
        /// From the first task that was created on: ids ascend.
        case oldest
        /// From the last one back: ids descend.
        case newest
    }

    /// The tasks in the order of their creation, or against it.
    ///
    /// A walk in steps, each `tasks(after:)` the last id of the step before, shows each task once at most and leaves out
    /// none that was there all the time, whatever is created or deleted in between. It must not be kept while the store
    /// changes, or it keeps the whole store as it was.
    ///
    /// - Parameters:
    ///   - first: At which end the walk begins.
    ///   - cursor: Only tasks behind this one on the way, which need not be there any more; nil for all.
    ///   - states: Only tasks in one of these; nil for any.
    ///   - project: Only tasks of that one; nil for all, in a project or not.
    /// - Complexity: O(log *n*) to begin, O(1) for each task. Where states are named, one number is looked at for 64
    ///   tasks that are in others.
    public func tasks(
        _ first: WalkOrder = .oldest, after cursor: TaskID? = nil, in states: Set<TaskState>? = nil,
        of project: PlainText? = nil
    ) -> Walk {
        let marks = states.map { $0.reduce(into: 0 as UInt8) { $0 |= 1 << $1.mark } }
        guard let project else { return Walk(ids: .all(order.walk(first, after: cursor, marks)), store: self) }
        let hash = project.hashValue
        let member = ProjectMember(cursor ?? first.beginning, project: hash)
        let ids = indexes.members.walk(first, after: member, marks)
        return Walk(ids: .members(ids, of: project, hash: hash), store: self)
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
        fileprivate enum IDs {
            case all(CreationOrder<TaskID>.Iterator)
            case members(CreationOrder<ProjectMember>.Iterator, of: PlainText, hash: Int)
        }

        fileprivate var ids: IDs
        fileprivate let store: TaskStore

        public mutating func next() -> TaskRecord? {
            switch ids {
            case .all(var walk):
                let id = walk.next()
                ids = .all(walk)
                return id.flatMap { store[$0] }
            case .members(var walk, let project, let hash):
                defer { ids = .members(walk, of: project, hash: hash) }
                while let member = walk.next(), member.project == hash {
                    // Another project may have the same hash.
                    if let task = store[member.id], task.project.isSame(as: project.text) { return task }
                }
                return nil
            }
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

extension TaskStore.WalkOrder {
    /// What is on the way before all ids.
    fileprivate var beginning: TaskID {
        switch self {
        case .oldest: TaskID(high: .min, low: .min)
        case .newest: TaskID(high: .max, low: .max)
        }
    }
}

extension CreationOrder {
    fileprivate func walk(_ first: TaskStore.WalkOrder, after cursor: ID?, _ marks: UInt8?) -> Iterator {
        let walk =
            switch first {
            case .oldest: cursor.map(makeIterator(after:)) ?? makeIterator()
            case .newest: cursor.map(makeDescendingIterator(before:)) ?? makeDescendingIterator()
            }
        return marks.map(walk.over) ?? walk
    }
}
