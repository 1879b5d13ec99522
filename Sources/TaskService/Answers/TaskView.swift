import TaskEngine
import UVCore

/// A task as it is shown, with what is known of it beside its record.
struct TaskView {
    /// How much is shown.
    enum Form {
        /// What has its default is left out: nothing is added to a plain task.
        case brief
        /// All members.
        case full
    }

    let task: TaskRecord
    let form: Form
    /// Whether it is the only one that is shown, or one that a worker is given: with its bodies and its attempts.
    let isAlone: Bool
    /// How many of its dependencies are not met.
    var unmet = 0
    var bodies = TaskBodies()
    /// How long its lease lasts, and until when.
    var lease: (length: Duration, end: Timestamp)?
    var progress: WorkProgress?
    var project: ProjectSettings?
    /// Whether it was there already, by its unique key.
    var isDuplicate = false
}

extension JSONText {
    /// Writes a task among others, in brief.
    mutating func task(_ task: TaskRecord, of store: TaskStore) {
        guard !task.isPlain else { return self.task(task) }
        var view = TaskView(task: task, form: .brief, isAlone: false)
        view.unmet = store.unmet(of: task.id)
        view.bodies = store.bodies(of: task.id) ?? TaskBodies()
        self.task(view)
    }

    /// Writes a task as its view says.
    mutating func task(_ view: TaskView) {
        task(view.task)
        let work = view.form == .full ? view.task.work ?? WorkState() : view.task.work
        let isShown = view.form == .full || !(work?.isAsNew(view.bodies) ?? true)
        guard isShown || view.isDuplicate else { return }
        reopen()
        if isShown, let work { self.work(view, work) }
        if view.isDuplicate { member("duplicate", true) }
        endObject()
    }
}

extension WorkState {
    /// Whether all members would have their defaults.
    fileprivate func isAsNew(_ bodies: TaskBodies) -> Bool {
        guard bodies.isEmpty, due == nil, lease == nil, attempts.isEmpty, attempt == 0, finishedAt == nil, error == nil,
            cancellation == nil, settings.type == nil, settings.unique == nil
        else { return false }
        return settings.maxAttempts ?? WorkSettings.standardMaxAttempts == WorkSettings.standardMaxAttempts
            && settings.retry ?? .standard == .standard && (settings.timeout ?? nil) == nil
            && settings.maxStalls ?? WorkSettings.standardMaxStalls == WorkSettings.standardMaxStalls
            && settings.onDependencyFailure ?? .cancel == .cancel
            && settings.lease ?? WorkSettings.standardLease == WorkSettings.standardLease
    }
}

extension Due {
    /// When it is over, by the clock on the wall.
    var instant: Timestamp {
        switch self {
        case .instant(let instant): instant
        case .delay(let delay, let since): Timestamp(milliseconds: since.milliseconds + delay.wholeMilliseconds)
        }
    }
}
