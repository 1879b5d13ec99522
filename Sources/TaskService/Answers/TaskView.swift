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

    private mutating func work(_ view: TaskView, _ work: WorkState) {
        let isFull = view.form == .full
        if isFull || work.settings.type != nil { member("type", work.settings.type?.text) }
        if view.isAlone { body("payload", view.bodies.payload, isFull) }
        let state = view.task.state(unmet: view.unmet)
        member("state", state.rawValue)
        if isFull || work.due != nil { member("runAt", work.due?.instant) }
        settings(work.settings, view.project, isFull)
        lease(view, work, isFull)
        if isFull || work.attempt > 0 { member("attempt", work.attempt) }
        if isFull || work.stalls > 0 { member("stalls", work.stalls) }
        let waitingFor = state == .waiting ? view.unmet : 0
        if isFull || waitingFor > 0 { member("waitingFor", waitingFor) }
        if isFull || work.startedAt != nil { member("startedAt", work.startedAt) }
        if isFull || work.finishedAt != nil { member("finishedAt", work.finishedAt) }
        if let progress = view.progress { self.progress(progress) } else if isFull { memberNull("progress") }
        if view.isAlone { body("result", view.bodies.result, isFull) }
        if let error = work.error { self.error("error", error) } else if isFull { memberNull("error") }
        let isCancelRequested = work.lease != nil && work.cancellation != nil
        if isFull || isCancelRequested { member("cancelRequested", isCancelRequested) }
        reason(state == .cancelled || isCancelRequested ? work.cancellation : nil, isFull)
        if view.isAlone, isFull || !work.attempts.isEmpty { attempts(work.attempts) }
    }

    private mutating func body(_ name: StaticString, _ body: JSONBody?, _ isFull: Bool) {
        if let body { member(name, json: body.bytes.span.bytes) } else if isFull { memberNull(name) }
    }

    private mutating func settings(_ settings: WorkSettings, _ project: ProjectSettings?, _ isFull: Bool) {
        if isFull || settings.maxAttempts ?? WorkSettings.standardMaxAttempts != WorkSettings.standardMaxAttempts {
            member("maxAttempts", settings.maxAttempts ?? project?.maxAttempts ?? WorkSettings.standardMaxAttempts)
        }
        if isFull || settings.retry ?? .standard != .standard { retry(settings.retry ?? project?.retry ?? .standard) }
        if isFull || (settings.timeout ?? nil) != nil {
            member("timeout", seconds: settings.timeout ?? project?.timeout)
        }
        if isFull || settings.maxStalls ?? WorkSettings.standardMaxStalls != WorkSettings.standardMaxStalls {
            member("maxStalls", settings.maxStalls ?? WorkSettings.standardMaxStalls)
        }
        if isFull || settings.onDependencyFailure ?? .cancel != .cancel {
            member("onDependencyFailure", (settings.onDependencyFailure ?? .cancel).rawValue)
        }
        if let unique = settings.unique {
            member("unique") { json in
                json.member("key", unique.key.text)
                json.member("onConflict", unique.onConflict.rawValue)
            }
        } else if isFull {
            memberNull("unique")
        }
    }

    /// The worker that holds the task; if none does, how long a claim of it lasts.
    private mutating func lease(_ view: TaskView, _ work: WorkState, _ isFull: Bool) {
        if let lease = work.lease {
            self.lease(lease, view.lease)
        } else if isFull || work.settings.lease ?? WorkSettings.standardLease != WorkSettings.standardLease {
            member("lease", seconds: work.settings.lease ?? view.project?.lease ?? WorkSettings.standardLease)
        }
    }

    /// - Parameter known: What the clock knows of it; nil where it does not, as in an event: then it is as it began.
    mutating func lease(_ lease: Lease, _ known: (length: Duration, end: Timestamp)?) {
        let length = known?.length ?? lease.length
        let end =
            known?.end ?? Timestamp(milliseconds: lease.since.milliseconds + lease.length.wholeMilliseconds)
        member("lease") { json in
            json.member("worker", lease.worker.text)
            json.member("fence", lease.fence)
            json.member("seconds", seconds: length)
            json.member("expiresAt", end)
        }
    }

    mutating func retry(_ policy: RetryPolicy) {
        member("retry") { json in
            json.member("base", seconds: policy.base)
            json.member("factor", number: policy.factor)
            json.member("max", seconds: policy.max)
            json.member("jitter", number: policy.jitter)
        }
    }

    private mutating func progress(_ progress: WorkProgress) {
        member("progress") { json in
            if let percent = progress.percent {
                json.member("percent", number: percent)
            } else {
                json.memberNull("percent")
            }
            json.member("note", progress.note?.text)
        }
    }

    mutating func error(_ name: StaticString, _ error: WorkError) {
        member(name) { json in
            json.member("code", error.code?.text)
            json.member("message", error.message.text)
            if let details = error.details { json.member("details", json: details.bytes.span.bytes) }
        }
    }

    private mutating func reason(_ cancellation: Cancellation?, _ isFull: Bool) {
        guard let cancellation, cancellation.reason != nil || cancellation.by != nil else {
            if isFull { memberNull("reason") }
            return
        }
        member("reason") { json in
            json.member("text", cancellation.reason?.text)
            if let by = cancellation.by { json.member("by", by) }
        }
    }

    private mutating func attempts(_ attempts: [Attempt]) {
        array("attempts") { json in
            for attempt in attempts {
                json.object { json in
                    json.member("worker", attempt.worker.text)
                    json.member("fence", attempt.fence)
                    json.member("startedAt", attempt.startedAt)
                    json.member("endedAt", attempt.endedAt)
                    json.member("outcome", attempt.outcome.rawValue)
                    if let error = attempt.error { json.error("error", error) }
                }
            }
        }
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
