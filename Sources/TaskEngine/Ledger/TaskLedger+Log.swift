/// What the log says, and what follows from it.
extension TaskLedger {
    /// Applies what the log has confirmed. Decisions are committed in the order in which they were made, each once, and
    /// none that was made before the overlay was dropped.
    ///
    /// - Complexity: as `TaskStore.apply`.
    public mutating func commit(_ decision: Decision) {
        var concerned: Set<TaskID> = []
        for event in decision.events { confirm(event, noting: &concerned) }
        move(concerned)
    }

    /// Applies the events of decisions, one behind the other, that the log has confirmed.
    public mutating func commit(_ events: [TaskEvent]) {
        let events = events.span
        var concerned: Set<TaskID> = []
        for index in events.indices { confirm(events[index], noting: &concerned) }
        move(concerned)
    }

    /// Applies an event that was decided here, and moves the tasks that need its task.
    mutating func apply(_ event: TaskEvent) {
        for id in confirm(event) { replace(id) }
    }

    /// Applies an event and notes the tasks that need its task: one that needs many of those that a command ends is moved
    /// once, and when none of them is in flight any more.
    private mutating func confirm(_ event: TaskEvent, noting concerned: inout Set<TaskID>) {
        let dependents = confirm(event)
        if concerned.isEmpty { concerned = dependents } else { concerned.formUnion(dependents) }
    }

    private mutating func move(_ concerned: Set<TaskID>) {
        for id in concerned { replace(id) }
        bringBack()
    }

    /// Applies an event that was decided here. Returns the tasks that need its task, and are to be moved.
    private mutating func confirm(_ event: TaskEvent) -> Set<TaskID> {
        do throws(ReplayError) {
            return try take(event)
        } catch {
            preconditionFailure("committed out of turn: \(error)")
        }
    }

    private mutating func take(_ event: TaskEvent) throws(ReplayError) -> Set<TaskID> {
        let dependents = dependents(concernedBy: event)
        let renewed = holdings.hasRenewals ? event.taskID.flatMap { store[$0]?.work?.fence } : nil
        try store.apply(event)
        if let renewed, event.taskID.flatMap({ store[$0]?.work?.fence }) != renewed {
            holdings.forgetRenewal(of: renewed)
        }
        keyed.apply(event)
        if !overlay.isEmpty { overlay.confirm(event) }
        guard let task = event.task else { return dependents }
        committedLatest = max(committedLatest, task.since.at)
        // What it needs may have been decided on, and not confirmed, when the task was placed.
        if !task.dependencies.isEmpty { replace(task.id) }
        return dependents
    }

    /// The tasks for which it makes a difference, before the store has it: those that need a task that ends, does not end
    /// after all, or goes.
    private func dependents(concernedBy event: TaskEvent) -> Set<TaskID> {
        guard store.graph.hasEdges else { return [] }
        switch event.change {
        case .created(let task): return task.ending == nil ? [] : store.graph.dependents(of: task.id)
        case .updated(let task, _, _):
            return store[task.id]?.ending == task.ending ? [] : store.graph.dependents(of: task.id)
        case .deleted(let id, _): return store.graph.dependents(of: id)
        case .moved, .project: return []
        }
    }

    /// Forgets every decision that is not committed, and puts its tasks back to where they were.
    ///
    /// - Complexity: O(what stands in the overlay · log *n* + edges of that), however many tasks there are.
    public mutating func drop() {
        let tasks = overlay.ids.map { (id: $0, task: look(at: $0)) }
        let projects = Array(overlay.projects.keys)
        overlay = Overlay()
        if holdings.hasRenewals { for fence in store.sequence..<sequence { holdings.forgetRenewal(of: fence + 1) } }
        sequence = store.sequence
        latest = committedLatest
        for (id, task) in tasks { move(from: task, to: store[id]) }
        // An event before these may have been kept meanwhile: those that need its task stand where these had put them.
        for (id, _) in tasks where store.graph.hasEdges {
            for dependent in store.graph.dependents(of: id) { replace(dependent) }
        }
        for project in projects { lanes.configure(project, settings(of: project)) }
        bringBack()
    }

    /// Applies an event that another server has decided.
    ///
    /// - Precondition: No decision waits for the log.
    /// - Throws: If it does not follow from those before it. Then it was not applied.
    public mutating func follow(_ event: TaskEvent) throws(ReplayError) {
        precondition(overlay.isEmpty, "a decision waits for the log")
        let former = event.taskID.flatMap { store[$0] }
        for id in try take(event) { replace(id) }
        sequence = store.sequence
        latest = committedLatest
        move(from: former, to: event.taskID.flatMap { store[$0] })
        if case .project(let name, let settings) = event.change { lanes.configure(name, settings) }
    }

    /// The lanes that have got another first task to claim since the last call; each once.
    ///
    /// - Complexity: O(lanes that have changed).
    public mutating func takeOffers() -> [LaneName] { lanes.takeOffers() }
}
