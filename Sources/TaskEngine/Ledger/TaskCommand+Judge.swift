/// The rules of change, as pure functions of the command and the task as it is now.
extension TaskCommand {
    /// What the command does.
    struct Verdict {
        let outcome: Decision.Outcome
        var changes: [TaskEvent.Change] = []
    }

    /// Judges the command.
    ///
    /// - Parameters:
    ///   - current: the task that the command names, `nil` if there is none.
    ///   - revision: the number that the next event will have.
    func judge(against current: TaskRecord?, revision: Int) -> Verdict {
        do throws(TaskError) {
            return switch action {
            case .create(let id, let fields): try create(id, fields, against: current, revision: revision)
            case .update(_, let fields, let expected):
                update(try existing(current, expecting: expected), fields, revision: revision)
            case .delete(_, let expected): delete(try existing(current, expecting: expected))
            }
        } catch {
            return Verdict(outcome: .refused(error))
        }
    }

    private func existing(_ current: TaskRecord?, expecting expected: Precondition) throws(TaskError) -> TaskRecord {
        guard let current else { throw .taskNotFound(taskID) }
        guard expected.isMet(by: current.revision) else { throw .preconditionFailed(taskID) }
        return current
    }

    private func create(
        _ id: TaskID, _ fields: TaskFields, against current: TaskRecord?, revision: Int
    ) throws(TaskError) -> Verdict {
        precondition(current == nil, "the id \(id) was given twice")
        guard let title = fields.title else { throw .missingField(.title) }
        let task = TaskRecord(
            id: id, title: title, description: fields.description ?? "", status: fields.status ?? .pending,
            priority: fields.priority ?? TaskPriority.standard, dependencies: fields.dependencies ?? [],
            project: fields.project ?? nil, createdAt: timestamp, updatedAt: timestamp, revision: revision)
        return Verdict(outcome: .created(task), changes: [.created(task)])
    }

    private func update(_ former: TaskRecord, _ fields: TaskFields, revision: Int) -> Verdict {
        var task = former
        let changed = fields.merge(into: &task)
        guard !changed.isEmpty else { return Verdict(outcome: .unchanged(former)) }
        task.updatedAt = timestamp
        task.revision = revision
        let formerProject = former.project.isSame(as: task.project) ? nil : former.project
        var verdict = Verdict(
            outcome: .updated(task), changes: [.updated(task, changes: changed, formerProject: formerProject)])
        if former.priority != task.priority {
            verdict.changes.append(.moved(task, from: former.priority, to: task.priority))
        }
        return verdict
    }

    private func delete(_ task: TaskRecord) -> Verdict {
        Verdict(outcome: .deleted, changes: [.deleted(task.id, project: task.project)])
    }
}
