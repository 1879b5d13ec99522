import TaskEngine

extension TaskLedger {
    /// Decides and, as if the log had answered at once, commits.
    @discardableResult
    mutating func run(_ action: TaskCommand.Action, at milliseconds: Int64 = 0) -> Decision {
        let decision = decide(TaskCommand(action, at: milliseconds))
        commit(decision)
        return decision
    }
}
