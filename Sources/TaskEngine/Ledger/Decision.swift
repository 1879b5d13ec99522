/// What became of a command: events for the log, and an answer to hold back until the log has confirmed them.
public struct Decision: Sendable, Hashable {
    /// The answer to the client that asked.
    public enum Outcome: Sendable, Hashable {
        /// There is a new task, this one.
        case created(TaskRecord)
        /// The task as the new field values have left it.
        case updated(TaskRecord)
        /// The fields given hold these values already: no event.
        case unchanged(TaskRecord)
        /// The task is gone.
        case deleted
        /// The change was made before, under the same key; the task as it is now, nil if it is gone: no event.
        case repeated(KeyedChange.Kind, TaskID, TaskRecord?)
        /// No event.
        case refused(TaskError)
        /// A task that has the unique key already: no event.
        case duplicate(TaskRecord)
        /// What a worker has got; `isReplayed` if it had claimed it before, under the same key.
        case claimed([ClaimedTask], isReplayed: Bool)
        /// The lease begins anew with this length.
        case renewed(TaskRecord, isCancelRequested: Bool)
        /// The task as the queue's command has left it, with or without an event.
        case worked(TaskRecord)
        /// The clock has asked for what was not to be done any more, or was done; `hasMore` if there is more of it.
        case swept(hasMore: Bool)
        /// The settings of the project from now on, with or without an event.
        indirect case project(ProjectSettings)
        /// One for each part.
        indirect case several([Outcome])
        /// Of several parts this one cannot be done, and so none is: no event.
        case refusedPart(Int, TaskError)
    }

    /// What the client is told, once the answer may be given.
    public let outcome: Outcome
    /// What goes to the log, in one piece: none, one, or `.updated` and `.moved`.
    public let events: EventList
    /// Whether the answer may be given at once: nothing was changed, and nothing that the log has not confirmed was
    /// looked at.
    public let isSettled: Bool
}
