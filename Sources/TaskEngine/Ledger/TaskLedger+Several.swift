extension TaskLedger {
    /// Decides several actions, each of which sees those before it. What creates tasks is done as a whole or not at all:
    /// if one cannot be made, nothing of the command is done.
    ///
    /// A new task whose unique key another one has already is that task, also for those of the command that need it.
    mutating func several(_ actions: [TaskCommand.Action], _ draft: inout Draft) -> Decision.Outcome {
        var creation = Creation(hasKeys: actions.contains(where: \.hasKey))
        for (index, action) in actions.enumerated() {
            guard case .create(let id, let fields) = action else { continue }
            do throws(TaskError) {
                try look(at: fields, for: id, &creation, &draft)
            } catch {
                return .refusedPart(index, error)
            }
        }
        let replaced = creation.replaced
        return .several(actions.map { outcome(of: replaced.isEmpty ? $0 : $0.needing(replaced), &draft) })
    }

    /// What the new tasks of a command have in common.
    private struct Creation {
        /// Whether any of them has a unique key.
        let hasKeys: Bool
        /// The tasks that stand in for those that are not made, since another has their unique key.
        var replaced: [TaskID: TaskID] = [:]
        /// Those that are cancelled as soon as they are made, for what they need: they leave their key.
        var doomed: Set<TaskID> = []
        /// The new tasks that have a unique key.
        var taken: [UniqueName: TaskID] = [:]
        /// The types that they bring into a project.
        var types: [PlainText?: Set<PlainText?>] = [:]
    }

    /// Takes a task for one that can be made beside those before it.
    ///
    /// - Throws: Why it cannot.
    private func look(
        at fields: TaskFields, for id: TaskID, _ creation: inout Creation, _ draft: inout Draft
    ) throws(TaskError) {
        let task = try fields.needing(creation.replaced).newTask(
            id, at: draft.timestamp, since: next(at: draft.timestamp))
        let isDoomed = creation.hasKeys && (doom(of: task) != nil || task.isDoomed(by: creation.doomed))
        if isDoomed { creation.doomed.insert(id) }
        if let name = task.uniqueName {
            let holder = holder(of: name)
            if let standIn = holder ?? creation.taken[name] {
                guard task.work?.settings.unique?.onConflict == .existing else {
                    draft.note(isInFlight: overlay.names[name] != nil)
                    throw .duplicateTask(holder)
                }
                return creation.replaced[id] = standIn
            }
            if !isDoomed { creation.taken[name] = id }
        }
        let (project, type) = (task.projectName, task.work?.settings.type)
        guard task.status == .pending, !lanes.has(project, type: type) else { return }
        creation.types[project, default: []].insert(type)
        if lanes.isFull(project, with: creation.types[project]?.count ?? 0) { throw .queueFull }
    }
}

extension TaskRecord {
    /// Whether it is cancelled because one that it needs is.
    fileprivate func isDoomed(by cancelled: Set<TaskID>) -> Bool {
        status == .pending && onDependencyFailure == .cancel && !cancelled.isDisjoint(with: dependencies)
    }
}

extension TaskCommand.Action {
    /// Whether it makes a task with a unique key.
    fileprivate var hasKey: Bool {
        guard case .create(_, let fields) = self else { return false }
        return fields.work?.value.unique != nil
    }

    /// The same, but that a new task needs others in place of some.
    fileprivate func needing(_ replaced: [TaskID: TaskID]) -> Self {
        guard case .create(let id, let fields) = self else { return self }
        return .create(id, fields.needing(replaced))
    }
}

extension TaskCommand {
    /// The same command with another id for each task that it creates, also where one of them needs another.
    ///
    /// - Parameter next: An id above all that were given.
    public func withNewIDs(_ next: () -> TaskID) -> TaskCommand {
        switch action {
        case .create(_, let fields): return asking(for: .create(next(), fields))
        case .several(let actions):
            var ids: [TaskID: TaskID] = [:]
            for case .create(let id, _) in actions { ids[id] = next() }
            guard !ids.isEmpty else { return self }
            return asking(
                for: .several(
                    actions.map { action in
                        guard case .create(let id, let fields) = action else { return action }
                        return .create(ids[id] ?? id, fields.needing(ids))
                    }))
        case .update, .delete, .refuse, .work: return self
        }
    }
}
