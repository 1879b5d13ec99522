/// The only place where the indexes change: each change of a task is one from a situation to another.
extension TaskStore {
    /// A task, and what those that it needs have come to.
    private struct Situation {
        let task: TaskRecord
        let dependence: Dependence

        var state: TaskState { task.state(unmet: Int(dependence.unmet)) }
        var isUnsettled: Bool { !dependence.isEmpty && dependence.unsettles(task) }
    }

    /// Brings the indexes in step with a task that has changed, after its record and the graph have.
    ///
    /// - Parameters:
    ///   - former: What it was; nil of a new one.
    ///   - hasOtherNeeds: Whether it may need other tasks than before.
    /// - Complexity: O(1), but O(log *n*) where it ends; O(its dependants) where that means anything to them; and
    ///   O(its dependencies) where it needs others, or comes to another state behind the end of one.
    mutating func reindex(_ task: TaskRecord, insteadOf former: TaskRecord?, hasOtherNeeds: Bool) {
        if former == nil, !hasOtherNeeds, !task.hasWork, task.status == .pending {
            // It is marked as such from the beginning.
            if let project = task.project { indexes.members.insert(ProjectMember(task.id, of: PlainText(project))) }
            return indexes.projects.count(task.project, from: nil, to: .ready)
        }
        let (id, formerEnding, ending) = (task.id, former?.ending, task.ending)
        let before = former.map { Situation(task: $0, dependence: dependence(of: $0)) }
        let isCountedAnew =
            hasOtherNeeds || before.map { needsCount(task, $0) } ?? false
            || formerEnding != ending && graph.needs(id, id)
        let counted = isCountedAnew ? counted(task) : before?.dependence ?? Dependence()
        move(id, from: before, to: Situation(task: task, dependence: counted))
        if former?.hasWork ?? false || task.hasWork { indexWork(of: id, from: former, to: task) }
        if formerEnding != ending {
            let dependents = graph.dependentSet(of: id)
            guard !dependents.isEmpty else { return }
            tell(dependents, of: id) { dependence, task in
                dependence.count(formerEnding, for: task, by: -1)
                dependence.count(ending, for: task)
            }
        }
    }

    /// Takes a task that has gone out of the indexes, and out of what is counted for those that needed it.
    ///
    /// - Complexity: O(log *n* + those that needed it).
    mutating func forget(_ task: TaskRecord, neededBy dependents: [TaskID]) {
        let (id, ending) = (task.id, task.ending)
        move(id, from: Situation(task: task, dependence: dependence(of: task)), to: nil)
        if task.hasWork { indexWork(of: id, from: task, to: nil) }
        if !indexes.bodies.isEmpty { indexes.set(TaskBodies(), of: id) }
        tell(dependents, of: id) { $0.count(ending, for: $1, by: -1) }
    }

    /// Makes the indexes anew of the records and the graph. O(*n* + edges).
    mutating func indexAll() {
        var ended: [(since: Since, id: TaskID, ending: Ending)] = []
        indexes.forgetTasks()
        for id in order {
            guard let task = records[id]?.task else { continue }
            indexState(of: task)
            indexWork(of: task, noting: &ended)
        }
        indexEnds(ended)
    }

    /// Counts a task that is in no index yet. Those that it needs are known by now. O(its dependencies).
    mutating func indexState(of task: TaskRecord) {
        move(task.id, from: nil, to: Situation(task: task, dependence: counted(task)))
    }

    /// Gives a task that is in no index yet its unique key, and notes its end for ``indexEnds(_:)``. O(1).
    mutating func indexWork(of task: TaskRecord, noting ended: inout [(since: Since, id: TaskID, ending: Ending)]) {
        guard task.hasWork else { return }
        if let key = task.uniqueName { indexes.take(key, for: task.id) }
        if let ending = task.ending, ending.isByQueue { ended.append((task.since, task.id, ending)) }
    }

    /// Puts the tasks that the queue has ended into their lines. O(*n* log *n*).
    mutating func indexEnds(_ ended: [(since: Since, id: TaskID, ending: Ending)]) {
        // An order is filled from its end at no cost.
        for task in ended.sorted(by: { $0.since < $1.since }) { indexes.note(task.ending, of: task.id) }
    }

    /// Changes what a task carries beside its record.
    mutating func change(_ bodies: BodyChange, of id: TaskID) {
        let former = indexes.bodies[id] ?? TaskBodies()
        indexes.set(former.changed(by: bodies), of: id)
    }
}

// MARK: - One task

extension TaskStore {
    private mutating func move(_ id: TaskID, from: Situation?, to: Situation?) {
        let dependence = to?.dependence ?? Dependence()
        if from?.dependence ?? Dependence() != dependence { indexes.set(dependence, of: id) }
        let (former, state) = (from?.state, to?.state)
        mark(id, from: from, to: to)
        if let from, let to, !from.task.project.isSame(as: to.task.project) {
            indexes.projects.count(from.task.project, from: former, to: nil)
            indexes.projects.count(to.task.project, from: nil, to: state)
        } else if former != state {
            indexes.projects.count((to ?? from)?.task.project, from: former, to: state)
        }
        switch (from?.isUnsettled ?? false, to?.isUnsettled ?? false) {
        case (false, true): indexes.unsettled.insert(id)
        case (true, false): indexes.unsettled.remove(id)
        default: break
        }
    }

    /// Marks a task with its state, where it stands in the order of all and in that of its project.
    private mutating func mark(_ id: TaskID, from: Situation?, to: Situation?) {
        let (former, project) = (from?.task.project, to?.task.project)
        if let state = to?.state, state != from?.state { order.mark(id, as: state.mark) }
        let isNew = !former.isSame(as: project)
        if isNew, let former { indexes.members.remove(ProjectMember(id, of: PlainText(former))) }
        guard let project, let state = to?.state else { return }
        let member = ProjectMember(id, of: PlainText(project))
        if isNew { indexes.members.insert(member) }
        if isNew || state != from?.state { indexes.members.mark(member, as: state.mark) }
    }

    private mutating func indexWork(of id: TaskID, from former: TaskRecord?, to task: TaskRecord?) {
        let (formerName, name) = (former?.uniqueName, task?.uniqueName)
        if formerName != name {
            if let formerName { indexes.give(formerName, of: id) }
            if let name { indexes.take(name, for: id) }
        }
        if former?.ending != task?.ending {
            indexes.forget(former?.ending, of: id)
            indexes.note(task?.ending, of: id)
        }
    }

    /// Lets each task that needs `id` count what has become of that.
    private mutating func tell(
        _ dependents: some Sequence<TaskID>, of id: TaskID, _ count: (inout Dependence, TaskRecord) -> Void
    ) {
        for dependent in dependents where dependent != id {
            guard let task = records[dependent]?.task else { continue }
            let before = Situation(task: task, dependence: dependence(of: task))
            var dependence = before.dependence
            count(&dependence, task)
            move(dependent, from: before, to: Situation(task: task, dependence: dependence))
        }
    }

    /// Whether what is counted of the task that was `before` may be something else, though it needs the same.
    private func needsCount(_ task: TaskRecord, _ before: Situation) -> Bool {
        !before.dependence.isEmpty
            && (task.since != before.task.since
                || task.onDependencyFailure != before.task.onDependencyFailure)
    }

    private func dependence(of task: TaskRecord) -> Dependence {
        task.dependencies.isEmpty ? Dependence() : indexes.dependence[task.id] ?? Dependence()
    }

    private func counted(_ task: TaskRecord) -> Dependence {
        var dependence = Dependence()
        guard !task.dependencies.isEmpty else { return dependence }
        // Of a task that is shortened the graph alone has them.
        let needs = task.isShortened ? graph.dependencies(of: task.id) : task.dependencies
        for needed in needs { dependence.count(records[needed]?.task.ending, for: task) }
        return dependence
    }
}
