/// Finds out, a step at a time, whether tasks need each other in a circle, all of them at one moment.
///
/// Tasks may change between two steps. A task that has not changed since the check began needs now what it needed then:
/// so if that is true of all, the circle was there when the check began. If one was changed that needs the next all the
/// same, the check begins anew.
struct CircleCheck {
    /// The result of a step.
    enum Progress {
        case goesOn, isThere, isGone
    }

    /// Each needs the one behind it. The first and the last are the same.
    let path: [TaskID]

    /// The number of the last event when it began.
    private var beganAt: Int
    /// Which task is looked at next.
    private var position = 0

    init(of path: [TaskID], over store: TaskStore) {
        self.path = path
        beganAt = store.sequence
    }

    /// Looks at the next tasks, one for each of `looks`.
    mutating func step(over store: TaskStore, looks: inout Int) -> Progress {
        while position + 1 < path.count {
            guard looks > 0 else { return .goesOn }
            looks -= 1
            let (id, needed) = (path[position], path[position + 1])
            guard let revision = store.revision(of: id), store.graph.needs(id, needed) else {
                return .isGone
            }
            position += 1
            if revision > beganAt { self = CircleCheck(of: path, over: store) }
        }
        return .isThere
    }
}

extension TaskStore {
    func revision(of id: TaskID) -> Int? { records[id]?.task.revision }
}
