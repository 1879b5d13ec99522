import SeededRandom

@testable import TaskEngine

/// A random row of events of tasks that workers and clients change: what may stand in a log, whatever decides it.
struct WorkHistory {
    private(set) var store = TaskStore()
    private(set) var events: [TaskEvent] = []
    private var random: SeededGenerator
    private var lastNumber = 0
    private let projects: [String?] = [nil, "red", "blue"]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func goOn() throws {
        let sequence = store.sequence + 1
        var bodies: BodyChange?
        let change = change(sequence, &bodies)
        let event = TaskEvent(
            change, sequence: sequence, requestID: "r", timestamp: Timestamp(milliseconds: Int64(sequence)),
            bodies: bodies)
        try store.apply(event)
        events.append(event)
    }

    private mutating func change(_ sequence: Int, _ bodies: inout BodyChange?) -> TaskEvent.Change {
        let kind = Int.random(in: 0..<20, using: &random)
        if kind == 0 { return .project(name.map { PlainText($0) }, settings) }
        if store.count < 20 || kind < 5 && store.count < 60 { return created(sequence, &bodies) }
        guard let id = store.order.shuffled(using: &random).first, var task = store[id] else {
            return created(sequence, &bodies)
        }
        if kind < 7 { return .deleted(id, project: task.project) }
        change(&task, sequence)
        if random.once(in: 4) { bodies = randomBodies() }
        return .updated(task, changes: [])
    }

    private mutating func created(_ sequence: Int, _ bodies: inout BodyChange?) -> TaskEvent.Change {
        lastNumber += 1
        var task = TaskRecord(
            id: .test(lastNumber), title: "t", project: name, createdAt: Timestamp(milliseconds: 0),
            updatedAt: Timestamp(milliseconds: 0), revision: sequence, since: Since(at: Int64(sequence), by: sequence))
        change(&task, sequence)
        if random.once(in: 3) { bodies = randomBodies() }
        return .created(task)
    }

    /// Changes anything of a task; where its state changes, it is since this event.
    private mutating func change(_ task: inout TaskRecord, _ sequence: Int) {
        if random.once(in: 3) { task.dependencies = needs() }
        if random.once(in: 6) { task.project = name }
        var work = task.work ?? WorkState()
        if random.once(in: 3) {
            work.settings.onDependencyFailure = DependencyPolicy.allCases.randomElement(using: &random)
        }
        if random.once(in: 2) {
            task.status = TaskStatus.allCases.randomElement(using: &random) ?? .pending
            work.isEndedByQueue = random.once(in: 2)
            work.cancellation = task.status == .failed && random.once(in: 2) ? Cancellation() : nil
            work.due = random.once(in: 4) ? .instant(Timestamp(milliseconds: 0)) : nil
            work.lease = random.once(in: 2) ? lease(sequence) : nil
            task.since = Since(at: Int64(sequence), by: sequence)
        }
        // A key is given to one that has none, and is no other's.
        if random.once(in: 4) { work.settings.unique = UniqueKey(key: PlainText("key of \(task.id)")) }
        task.work = work == WorkState() ? nil : work
        task.revision = sequence
    }

    private func lease(_ fence: Int) -> Lease {
        Lease(
            worker: "w", fence: fence, length: .seconds(30), timeout: nil, claimKey: nil,
            since: Timestamp(milliseconds: 0))
    }

    /// Ids of tasks that are there, of one that is not, and of those that come.
    private mutating func needs() -> [TaskID] {
        let ids = (0..<Int.random(in: 0...4, using: &random)).map { _ in
            TaskID.test(Int.random(in: max(lastNumber - 40, 1)...lastNumber + 2, using: &random))
        }
        return Array(Set(ids))
    }

    private var name: String? { mutating get { projects.randomElement(using: &random) ?? nil } }

    private var settings: ProjectSettings {
        mutating get {
            var settings = ProjectSettings()
            settings.isPaused = random.once(in: 2)
            settings.maxRunning = random.once(in: 2) ? 3 : nil
            return settings
        }
    }

    private mutating func randomBodies() -> BodyChange {
        let text = JSONBody(checked: Array("\(Int.random(in: 0..<1_000, using: &random))".utf8))
        return BodyChange(
            payload: random.once(in: 2) ? .some(random.once(in: 3) ? nil : text) : nil,
            result: random.once(in: 2) ? .some(random.once(in: 3) ? nil : text) : nil)
    }
}
