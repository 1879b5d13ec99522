/// What clients do to the fields of tasks, where the work queue has a part in it.
extension TaskLedger {
    mutating func outcome(of action: TaskCommand.Action, _ draft: inout Draft) -> Decision.Outcome {
        do throws(TaskError) {
            switch action {
            case .create(let id, let fields): return try created(id, fields, &draft)
            case .update(let id, let fields, let expected): return try updated(id, fields, expected, &draft)
            case .delete(let id, let expected):
                let task = try existing(id, in: &draft).meeting(expected)
                tell(.deleted(id, project: task.project), former: task, nil, in: &draft)
                return .deleted
            case .refuse(_, let error): throw error
            case .work(let command): return try work(command, &draft)
            case .several(let actions): return several(actions, &draft)
            }
        } catch {
            return .refused(error)
        }
    }

    private mutating func created(
        _ id: TaskID, _ fields: TaskFields, _ draft: inout Draft
    ) throws(TaskError) -> Decision.Outcome {
        let task = try fields.newTask(id, at: draft.timestamp, since: next(at: draft.timestamp))
        if task.work?.settings.unique?.onConflict == .existing, let name = task.uniqueName,
            let holder = holder(of: name), let existing = look(at: holder, in: &draft)
        {
            return .duplicate(existing)
        }
        try claimName(of: task, insteadOf: nil, &draft)
        if task.status == .pending, lanes.isFull(task.projectName, type: task.work?.settings.type) { throw .queueFull }
        let payload = (fields.work?.value.payload ?? nil).map { BodyChange(payload: .some($0)) }
        tell(.created(task), former: nil, task, bodies: payload, in: &draft)
        return .created(doomedAtOnce(task, &draft))
    }

    private mutating func updated(
        _ id: TaskID, _ fields: TaskFields, _ expected: Precondition, _ draft: inout Draft
    ) throws(TaskError) -> Decision.Outcome {
        // What is wrong by itself is told before what the task is.
        if fields.work?.value.unique != nil { throw .invalidField(.unique) }
        if let flaw = fields.startFlaw { throw flaw }
        let former = try existing(id, in: &draft).meeting(expected)
        var task = former
        var changed = fields.merge(into: &task)
        if former.status != task.status { task.overrule(former, at: draft.timestamp) }
        var bodies: BodyChange?
        if let work = fields.work?.value {
            if work.start?.field != nil, task.status != .pending {
                throw .invalidTransition(id, state(of: former))
            }
            changed += work.merge(into: &task, at: draft.timestamp)
            // What was plain knew nothing of its end.
            if former.work == nil, former.status != task.status, task.status.isEnd {
                task.work?.finishedAt = draft.timestamp
            }
            if let payload = work.payload, payload != self.bodies(of: id).payload {
                bodies = BodyChange(payload: .some(payload))
                changed.append(.payload)
            }
        }
        guard !changed.isEmpty else { return .unchanged(former) }
        try claimName(of: task, insteadOf: former, &draft)
        task = told(former, task, changed.sorted(), bodies, &draft)
        return .updated(fields.dependencies == nil && fields.work == nil ? task : doomedAtOnce(task, &draft))
    }

    /// Tells an update, and where the task went in the queue if its priority is another one.
    private mutating func told(
        _ former: TaskRecord, _ given: TaskRecord, _ changed: [TaskField], _ bodies: BodyChange?, _ draft: inout Draft
    ) -> TaskRecord {
        var (task, changes) = (given, changed)
        let (formerState, newState) = (state(of: former), state(of: task))
        if formerState != newState || former.work?.due != task.work?.due { task.since = next(at: draft.timestamp) }
        if formerState != newState, task.work != nil { changes.append(.state) }
        task.updatedAt = draft.timestamp
        task.revision = sequence + 1
        let formerProject = former.project.isSame(as: task.project) ? nil : former.project
        // Its time has come because a client says so.
        let cause = formerState == .scheduled && newState == .ready ? TaskEvent.Cause(.ready) : nil
        tell(
            .updated(task, changes: changes, formerProject: formerProject), former: former, task, cause: cause,
            bodies: bodies, in: &draft)
        if former.priority != task.priority {
            tell(.moved(task, from: former.priority, to: task.priority), former: task, task, in: &draft)
        }
        return task
    }

    /// A task that is given a dependency that has ended badly is treated as if that happened now.
    private mutating func doomedAtOnce(_ task: TaskRecord, _ draft: inout Draft) -> TaskRecord {
        guard let by = doom(of: task) else { return task }
        return cancel(task, .dependencyFailed(by), in: &draft)
    }
}

extension TaskRecord {
    /// A client has set another status than `former` has.
    fileprivate mutating func overrule(_ former: TaskRecord, at time: Timestamp) {
        guard var work else { return }
        work.overrule(from: former.status, to: status, at: time)
        self.work = work
    }
}

extension [TaskField] {
    /// In the order of the fields.
    fileprivate func sorted() -> [TaskField] { TaskField.allCases.filter(contains) }
}
