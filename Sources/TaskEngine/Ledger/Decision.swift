/// What became of a command: events for the log, and an answer to hold back until the log has confirmed them.
public struct Decision: Sendable, Hashable {
    /// The answer to the client that asked.
    public enum Outcome: Sendable, Hashable {
        case created(TaskRecord)
        case updated(TaskRecord)
        /// The fields given hold these values already: no event.
        case unchanged(TaskRecord)
        case deleted
        /// The change was made before, under the same key; the task as it is now, nil if it is gone: no event.
        case repeated(KeyedChange.Kind, TaskID, TaskRecord?)
        /// No event.
        case refused(TaskError)
    }

    public let outcome: Outcome
    /// What goes to the log, in one piece: none, one, or `.updated` and `.moved`.
    public let events: [TaskEvent]
    /// Whether the answer may be given at once: nothing was changed, and nothing that the log has not confirmed was
    /// looked at.
    public let isSettled: Bool
}
