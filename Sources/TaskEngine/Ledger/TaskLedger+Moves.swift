/// Lanes and holdings are kept at the end of what is decided, and are never folded: where a task belongs in them is a
/// function of its record and of how many of its dependencies are unmet.
extension TaskLedger {
    /// Tells what has happened to a task: gives the event its number, and moves the task.
    mutating func tell(
        _ change: consuming TaskEvent.Change, former: TaskRecord?, _ task: TaskRecord?, cause: TaskEvent.Cause? = nil,
        bodies: BodyChange? = nil, in draft: inout Draft
    ) {
        sequence += 1
        if let task { latest = max(latest, task.since.at) }
        let event = draft.event(change, sequence: sequence, cause: cause, bodies: bodies)
        if draft.isKeptAtOnce {
            apply(event)
        } else {
            overlay.apply(event)
            overlay.moveName(from: former?.uniqueName, to: task?.uniqueName, of: task?.id, at: sequence)
        }
        draft.add(event)
        move(from: former, to: task)
    }

    /// Moves a task as a plain command has changed it.
    mutating func move(as outcome: Decision.Outcome, from former: TaskRecord?) {
        switch outcome {
        case .created(let task):
            latest = max(latest, task.since.at)
            move(from: nil, to: task)
        case .updated(let task):
            latest = max(latest, task.since.at)
            move(from: former, to: task)
        case .deleted: move(from: former, to: nil)
        default: break
        }
    }

    /// Moves a task from where the one record of it belongs to where the other does; nil where there is none.
    ///
    /// - Complexity: O(log *n*), and O(dependencies of the task) if it is pending.
    mutating func move(from former: TaskRecord?, to task: TaskRecord?) {
        if former?.hasWork ?? false || task?.hasWork ?? false { moveLease(from: former, to: task) }
        if let task, task.status == .pending {
            if former?.stands(as: task) ?? false { return }
            place(task)
        } else if let former, former.status == .pending {
            lanes.remove(former.id)
        }
    }

    /// Puts a pending task into its lane, or takes it out.
    private mutating func place(_ task: TaskRecord) {
        let waits = task.work?.due != nil
        guard !waits, task.dependencies.isEmpty || unmet(of: task) == 0 else { return lanes.remove(task.id) }
        let type = task.work?.settings.type
        lanes.place(task.id, in: task.projectName, type: type, rank: store.rank(of: task))
    }

    private mutating func moveLease(from former: TaskRecord?, to task: TaskRecord?) {
        guard former?.fence != task?.fence || former?.projectName != task?.projectName else { return }
        if let former, let ended = former.work?.lease {
            lanes.noteRunning(former.projectName, by: -1)
            holdings.remove(former.id, ended)
        }
        if let task, let begun = task.work?.lease {
            lanes.noteRunning(task.projectName, by: 1)
            holdings.insert(task.id, begun)
        }
    }

    /// Puts a task to where it belongs, after what it needs has changed.
    mutating func replace(_ id: TaskID) {
        guard let task = look(at: id), task.status == .pending else { return }
        place(task)
    }

    /// Takes a task out of its lane that only the log's end says is not ready, until that end is confirmed or dropped.
    mutating func setAside(_ id: TaskID) {
        lanes.remove(id)
        aside.append(id)
    }

    mutating func bringBack() {
        guard !aside.isEmpty else { return }
        let ids = aside
        aside = []
        for id in ids { replace(id) }
    }

    /// Puts every task of a store into its place.
    ///
    /// - Complexity: O(*n* log *n* + edges).
    mutating func placeAll(_ look: (TaskRecord) -> Void) {
        if store.configuredProjects > 0 { configureAll() }
        var walk = store.order.makeIterator()
        var ids: [TaskID] = []
        repeat {
            ids.removeAll(keepingCapacity: true)
            while ids.count < IDTable<TaskID, TaskStore.Entry>.portion, let id = walk.next() { ids.append(id) }
            guard store.records.touch(ids) == ids.count else { preconditionFailure("the order has ids of no task") }
            for id in ids { if let task = store[id] { place(task, look) } }
        } while ids.count == IDTable<TaskID, TaskStore.Entry>.portion
        lanes.findAll()
        committedLatest = latest
    }

    private mutating func place(_ task: TaskRecord, _ look: (TaskRecord) -> Void) {
        latest = max(latest, task.since.at)
        if task.hasWork { moveLease(from: nil, to: task) }
        let waits = task.work?.due != nil
        if task.status == .pending, !waits, task.dependencies.isEmpty || unmet(of: task) == 0 {
            let type = task.work?.settings.type
            let rank = store.rank(of: task, needing: task.dependencies)
            lanes.add(task.id, in: task.projectName, type: type, rank: rank)
        }
        look(task)
    }

    private mutating func configureAll() {
        for project in [nil] + store.projects(limit: .max).map(Optional.some) {
            if let settings = store.settings(of: project) { lanes.configure(project, settings) }
        }
    }
}

extension TaskRecord {
    /// Whether it stands in the lanes where the other one stands, also pending, does.
    fileprivate func stands(as other: TaskRecord) -> Bool {
        status == .pending && since == other.since && priority == other.priority && !hasWork && !other.hasWork
            && dependencies == other.dependencies && projectName == other.projectName
    }
}
