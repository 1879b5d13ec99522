/// The rules of change, as pure functions of the command and the task as it is now.
extension TaskCommand {
    /// What the command does.
    struct Verdict {
        let outcome: Decision.Outcome
        var events: [TaskEvent] = []
    }

    /// Judges the command.
    ///
    /// - Parameters:
    ///   - current: the task that the command names, `nil` if there is none; not asked for where one is created.
    ///   - sequence: the number that the next event will have.
    func judge(against current: @autoclosure () -> TaskRecord?, sequence: Int) -> Verdict {
        do throws(TaskError) {
            return switch action {
            case .create(let id, let fields): try create(id, fields, sequence)
            case .update(let id, let fields, let expected):
                update(try existing(id, current(), expecting: expected), fields, sequence)
            case .delete(let id, let expected):
                delete(try existing(id, current(), expecting: expected), sequence)
            case .refuse(_, let error): throw error
            case .work, .several: Verdict(outcome: .swept(hasMore: false))
            }
        } catch {
            return Verdict(outcome: .refused(error))
        }
    }

    private func existing(
        _ id: TaskID, _ current: TaskRecord?, expecting expected: Precondition
    ) throws(TaskError) -> TaskRecord {
        guard let current else { throw .taskNotFound(id) }
        guard expected.isMet(by: current.revision) else { throw .preconditionFailed(id) }
        return current
    }

    /// An id that was given twice is found when the event is applied.
    private func create(_ id: TaskID, _ fields: TaskFields, _ sequence: Int) throws(TaskError) -> Verdict {
        let task = try fields.newTask(id, createdAt: timestamp, updatedAt: timestamp, revision: sequence)
        return Verdict(outcome: .created(task), events: [event(.created(task), sequence)])
    }

    private func update(_ former: TaskRecord, _ fields: TaskFields, _ sequence: Int) -> Verdict {
        var task = former
        let changed = fields.merge(into: &task)
        guard !changed.isEmpty else { return Verdict(outcome: .unchanged(former)) }
        task.updatedAt = timestamp
        task.revision = sequence
        let formerProject = former.project.isSame(as: task.project) ? nil : former.project
        let change = TaskEvent.Change.updated(task, changes: changed, formerProject: formerProject)
        var verdict = Verdict(outcome: .updated(task), events: [event(change, sequence)])
        if former.priority != task.priority {
            let move = TaskEvent.Change.moved(task, from: former.priority, to: task.priority)
            verdict.events.append(
                TaskEvent(move, sequence: sequence + 1, requestID: requestID, timestamp: timestamp))
        }
        return verdict
    }

    private func delete(_ task: TaskRecord, _ sequence: Int) -> Verdict {
        Verdict(outcome: .deleted, events: [event(.deleted(task.id, project: task.project), sequence)])
    }

    /// The command's first event, which alone has its key.
    private func event(_ change: TaskEvent.Change, _ sequence: Int) -> TaskEvent {
        TaskEvent(change, sequence: sequence, requestID: requestID, timestamp: timestamp, key: key)
    }
}
