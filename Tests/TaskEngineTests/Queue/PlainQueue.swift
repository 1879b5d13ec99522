@testable import TaskEngine

/// The tasks as a row of events leaves them, kept as plainly as can be: nothing is counted ahead or sorted, and each question
/// looks at all tasks. What the engine says is compared with it.
struct PlainQueue {
    private(set) var tasks: [TaskID: TaskRecord] = [:]
    private var settings: [PlainText?: ProjectSettings] = [:]
    private var bodies: [TaskID: TaskBodies] = [:]
    /// The number of the last event.
    private(set) var sequence = 0
    /// The latest time that a task came to its state at, as the server knows it.
    private(set) var latest = Int64.min

    mutating func apply(_ event: TaskEvent) {
        sequence = event.sequence
        switch event.change {
        case .created(let task), .updated(let task, _, _):
            tasks[task.id] = task
            latest = max(latest, task.since.at)
        case .moved: break
        case .deleted(let id, _):
            (tasks[id], bodies[id]) = (nil, nil)
            for task in dependants(of: id) {
                tasks[task.id]?.dependencies.removeAll { $0 == id }
                tasks[task.id]?.revision = event.sequence
            }
        case .project(let name, let settings): self.settings[name] = settings
        }
        guard let change = event.bodies, let id = event.taskID else { return }
        if let payload = change.payload { bodies[id, default: TaskBodies()].payload = payload }
        if let result = change.result { bodies[id, default: TaskBodies()].result = result }
    }

    mutating func forgetDeleted() { latest = tasks.values.map(\.since.at).max() ?? .min }

    mutating func recall(_ known: PlainQueue) { latest = max(latest, known.latest) }

    func settings(of project: PlainText?) -> ProjectSettings { settings[project] ?? ProjectSettings() }

    func bodies(of id: TaskID) -> TaskBodies { bodies[id] ?? TaskBodies() }

    func dependants(of id: TaskID) -> [TaskRecord] { tasks.values.filter { $0.dependencies.contains(id) } }
}

// MARK: - States

extension PlainQueue {
    /// What the task waits for: a dependency that is missing, or that has not ended as the task's policy asks.
    func unmet(of task: TaskRecord) -> [TaskID] {
        task.dependencies.filter { id in
            guard let needed = tasks[id] else { return true }
            return needed.status != .completed && !(task.policy == .ignore && needed.isEndedBadly)
        }
    }

    /// The dependencies for whose end the task is to be cancelled.
    func dooms(of task: TaskRecord) -> [TaskID] {
        guard task.status == .pending, task.policy == .cancel else { return [] }
        return task.dependencies.filter { tasks[$0]?.isEndedBadly ?? false }
    }

    func state(of task: TaskRecord) -> TaskState {
        switch task.status {
        case .pending: !unmet(of: task).isEmpty ? .waiting : task.work?.due != nil ? .scheduled : .ready
        case .inProgress: task.work?.lease != nil ? .running : .held
        case .completed: .completed
        case .failed: task.work?.cancellation != nil ? .cancelled : .failed
        }
    }

    /// The task that has not ended and has the unique key.
    func holder(of key: PlainText, in project: String?) -> TaskID? {
        tasks.values.first { $0.liveKey == key && $0.project == project }?.id
    }
}

// MARK: - Claims

extension PlainQueue {
    /// Where a task stands in the line: the least goes first.
    typealias Key = (at: Int64, by: Int, id: TaskID)

    /// Since when a ready task is ready: since it came to its state, or since the last of those that it needs did.
    func readySince(_ task: TaskRecord) -> Since {
        task.dependencies.compactMap { tasks[$0]?.since }.reduce(task.since) { $0.by < $1.by ? $1 : $0 }
    }

    func key(of task: TaskRecord) -> Key {
        let since = readySince(task)
        return (since.at - Int64(task.priority) * 60_000, since.by, task.id)
    }

    func running(in project: PlainText?) -> Int {
        tasks.values.count { $0.work?.lease != nil && $0.projectName == project }
    }

    /// Whether one more task of the project may be claimed.
    func isFree(_ project: PlainText?) -> Bool {
        let settings = settings(of: project)
        return !settings.isPaused && running(in: project) < settings.maxRunning ?? .max
    }

    /// Whether the claim may take the task.
    func admits(_ claim: Claim, _ task: TaskRecord) -> Bool {
        state(of: task) == .ready && isFree(task.projectName)
            && (claim.types?.contains(task.work?.settings.type) ?? true)
            && (claim.projects?.contains(task.projectName) ?? true)
    }

    /// What the worker holds of the claim that it has called so, in the order of the fences.
    func held(by worker: PlainText, claim key: PlainText?) -> [TaskRecord] {
        tasks.values.filter { $0.work?.lease?.worker == worker && $0.work?.lease?.claimKey == key }
            .sorted { $0.work?.lease?.fence ?? 0 < $1.work?.lease?.fence ?? 0 }
    }
}

extension TaskRecord {
    fileprivate var policy: DependencyPolicy { work?.settings.onDependencyFailure ?? .cancel }

    /// Whether a worker, the server or a cancellation has ended it, and it was not done.
    var isEndedBadly: Bool { status == .failed && work?.isEndedByQueue ?? false }

    /// The unique key that it keeps from others.
    var liveKey: PlainText? { status.isEnd ? nil : work?.settings.unique?.key }
}
