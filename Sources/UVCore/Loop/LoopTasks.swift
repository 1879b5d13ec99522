/// Tells whether the tasks that were made on the loop's thread have ended.
///
/// The runtime hands a task-local value on to each task that is made while it is bound, and lets it go when the task has
/// ended. So the value is referenced by nothing else exactly when all have; no task, and no callback, has to be counted.
final class LoopTasks: Sendable {
    @TaskLocal private static var current: LoopTasks?

    /// Runs `body`, and tells whether all tasks that were made meanwhile have ended. A detached task does not count.
    @LoopActor
    static func watch(_ body: () -> Void) -> Bool {
        var tasks = LoopTasks()
        $current.withValue(tasks) { body() }
        return isKnownUniquelyReferenced(&tasks)
    }
}
