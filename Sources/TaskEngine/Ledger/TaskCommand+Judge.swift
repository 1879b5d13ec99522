/// The rules of change for what has no part in the work queue, as pure functions of the command and the task as it is now.
extension TaskCommand {
    /// What the command does.
    struct Verdict {
        let outcome: Decision.Outcome
        var events = EventList()
    }

    /// Whether the command concerns nothing but that task's fields: neither what workers know of it, nor another task.
    func isPlain(for current: TaskRecord?) -> Bool {
        switch action {
        case .create(_, let fields): fields.work == nil && fields.dependencies?.isEmpty ?? true
        case .update(_, let fields, _):
            fields.work == nil && fields.dependencies == nil && !(current?.hasWork ?? false)
        case .delete: !(current?.hasWork ?? false)
        case .refuse: true
        case .work, .several: false
        }
    }

    /// Judges a plain command.
    ///
    /// - Parameters:
    ///   - current: the task that the command names, `nil` if there is none; not asked for where one is created.
    ///   - next: the number that the next event will have, and its time.
    func judge(against current: TaskRecord?, next: Since) -> Verdict {
        do throws(TaskError) {
            return switch action {
            case .create(let id, let fields): try create(id, fields, next)
            case .update(let id, let fields, let expected):
                update(try existing(id, current, expecting: expected), fields, next)
            case .delete(let id, let expected):
                delete(try existing(id, current, expecting: expected), next.by)
            case .refuse(_, let error): throw error
            case .work, .several: preconditionFailure("no plain command")
            }
        } catch {
            return Verdict(outcome: .refused(error))
        }
    }

    private func existing(
        _ id: TaskID, _ current: TaskRecord?, expecting expected: Precondition
    ) throws(TaskError) -> TaskRecord {
        guard let current else { throw .taskNotFound(id) }
        return try current.meeting(expected)
    }

    /// An id that was given twice is found when the event is applied.
    private func create(_ id: TaskID, _ fields: TaskFields, _ next: Since) throws(TaskError) -> Verdict {
        let task = try fields.newTask(id, at: timestamp, since: next)
        return Verdict(outcome: .created(task), events: EventList(event(.created(task), next.by)))
    }

    private func update(_ former: TaskRecord, _ fields: TaskFields, _ next: Since) -> Verdict {
        var task = former
        let changed = fields.merge(into: &task)
        guard !changed.isEmpty else { return Verdict(outcome: .unchanged(former)) }
        task.updatedAt = timestamp
        task.revision = next.by
        if former.status != task.status { task.since = next }
        let formerProject = former.project.isSame(as: task.project) ? nil : former.project
        let change = TaskEvent.Change.updated(task, changes: changed, formerProject: formerProject)
        var verdict = Verdict(outcome: .updated(task), events: EventList(event(change, next.by)))
        if former.priority != task.priority {
            let move = TaskEvent.Change.moved(task, from: former.priority, to: task.priority)
            verdict.events.append(
                TaskEvent(move, sequence: next.by + 1, requestID: requestID, timestamp: timestamp))
        }
        return verdict
    }

    private func delete(_ task: TaskRecord, _ sequence: Int) -> Verdict {
        Verdict(outcome: .deleted, events: EventList(event(.deleted(task.id, project: task.project), sequence)))
    }

    /// The command's first event, which alone has its key.
    private func event(_ change: TaskEvent.Change, _ sequence: Int) -> TaskEvent {
        TaskEvent(change, sequence: sequence, requestID: requestID, timestamp: timestamp, key: key)
    }
}

extension TaskRecord {
    /// The task, if it is as a client expects it to be.
    func meeting(_ expected: Precondition) throws(TaskError) -> TaskRecord {
        guard expected.isMet(by: revision) else { throw .preconditionFailed(id) }
        return self
    }
}
