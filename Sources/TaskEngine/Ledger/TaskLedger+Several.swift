extension TaskLedger {
    /// Decides several actions, each of which sees those before it. What creates tasks is done as a whole or not at all:
    /// if one cannot be made, nothing of the command is done.
    ///
    /// A new task whose unique key another one has already is that task, also for those of the command that need it.
    mutating func several(_ actions: [TaskCommand.Action], _ draft: inout Draft) -> Decision.Outcome {
        let replaced: [TaskID: TaskID]
        do throws(TaskError) {
            replaced = try standIns(for: actions, &draft)
        } catch {
            return .refused(error)
        }
        return .several(actions.map { outcome(of: replaced.isEmpty ? $0 : $0.needing(replaced), &draft) })
    }

    /// The tasks that stand in for those that are not made, since another has their unique key.
    private func standIns(
        for actions: [TaskCommand.Action], _ draft: inout Draft
    ) throws(TaskError) -> [TaskID: TaskID] {
        var replaced: [TaskID: TaskID] = [:]
        var taken: [UniqueName: TaskID] = [:]
        for case .create(let id, let fields) in actions {
            let task = try fields.newTask(id, at: draft.timestamp, since: next(at: draft.timestamp))
            guard let name = task.uniqueName else { continue }
            if let holder = holder(of: name) ?? taken[name] {
                guard task.work?.settings.unique?.onConflict == .existing else {
                    draft.note(isInFlight: overlay.names[name] != nil)
                    throw .duplicateTask(holder)
                }
                replaced[id] = holder
            } else {
                taken[name] = id
            }
        }
        return replaced
    }
}

extension TaskCommand.Action {
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
