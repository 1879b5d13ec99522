/// A task as it is kept and sent. (`Task` is Swift's own.)
///
/// A value whose copies share their memory until one of them is changed: the store, the event in the log and the answer
/// have the same task in one place.
public struct TaskRecord: Sendable {
    private var box: Box

    /// A record of these values, which are not checked: ``TaskFields`` does that.
    ///
    /// A priority beyond 32 bits counts as the nearest one within. Without `since` the task is in its state since it
    /// was created, by the event `revision`.
    public init(
        id: TaskID, title: String, description: String = "", status: TaskStatus = .pending,
        priority: Int = TaskPriority.standard, dependencies: [TaskID] = [], project: String? = nil,
        createdAt: Timestamp, updatedAt: Timestamp, revision: Int, since: Since? = nil, work: WorkState? = nil
    ) {
        box = Box(
            Fields(
                id: id, title: title, description: description, status: status, priority: Int32(clamping: priority),
                dependencies: dependencies, project: project, createdAt: createdAt, updatedAt: updatedAt,
                revision: revision, since: since ?? Since(at: createdAt.milliseconds, by: revision),
                work: work))
    }
}

// MARK: - Fields

extension TaskRecord {
    /// The task's name for ever; no other task gets it.
    public var id: TaskID { box.fields.id }

    /// What people call it: 1 to 500 Unicode scalars.
    public var title: String {
        get { box.fields.title }
        set { own().fields.title = newValue }
    }

    /// A longer text, of at most 10,000 Unicode scalars; empty if none was given.
    public var description: String {
        get { box.fields.description }
        set { own().fields.description = newValue }
    }

    /// How far it has come; for finer states see ``state(unmet:)``.
    public var status: TaskStatus {
        get { box.fields.status }
        set { own().fields.status = newValue }
    }

    /// Higher is more urgent.
    public var priority: Int {
        get { Int(box.fields.priority) }
        set { own().fields.priority = Int32(clamping: newValue) }
    }

    /// The tasks this one needs, each once, in the order given. One that names no task is allowed.
    public var dependencies: [TaskID] {
        get { box.fields.dependencies }
        set {
            let box = own()
            box.fields.dependencies = newValue
            box.fields.isShortened = false
        }
    }

    /// Whether a task that was needed has gone since the dependencies were set, so that the store's graph alone has those
    /// that are left: no list is copied for one id that goes.
    var isShortened: Bool { box.fields.isShortened }

    /// Notes that a task that was needed has gone, by the event of that number.
    mutating func shorten(at sequence: Int) {
        let box = own()
        box.fields.isShortened = true
        box.fields.revision = sequence
    }

    /// The group that the task is in; nil if it is in none.
    public var project: String? {
        get { box.fields.project }
        set { own().fields.project = newValue }
    }

    /// The time of the command that made it.
    public var createdAt: Timestamp { box.fields.createdAt }

    /// When a client last changed the task; a deletion that shortens `dependencies` leaves it as it is.
    public var updatedAt: Timestamp {
        get { box.fields.updatedAt }
        set { own().fields.updatedAt = newValue }
    }

    /// The number of the event that last changed the task, and so what its ETag is made of.
    ///
    /// A function of the log like all the rest: a fold gives every task the same revision again, which a counter kept
    /// beside the log would not, and a comparison is that of two numbers, not of the hashes of whole tasks. It grows
    /// with each change, also with one that only takes a deleted task out of `dependencies`.
    public var revision: Int {
        get { box.fields.revision }
        set { own().fields.revision = newValue }
    }

    /// Since when the task is in its state by an event of its own: the creation, the end, the wait that began. A claim leaves
    /// it as it is, so that a task that is given back has its old place. A dependency's end makes it ready without an event
    /// of its own; see `TaskStore.rank(of:)`.
    public var since: Since {
        get { box.fields.since }
        set { own().fields.since = newValue }
    }

    /// Whether the work queue knows nothing of the task.
    public var isPlain: Bool { box.fields.work == nil }

    /// What the work queue knows of the task; nil for a plain one.
    public var work: WorkState? {
        get { box.fields.work }
        _modify { yield &own().fields.work }
    }

    /// The fence of the task's lease; nil if no worker holds it.
    public var fence: Int? { box.fields.work?.fence }

    /// Whether no worker holds it or it is in progress, and it needs nothing twice. It is asked of a task that is read from
    /// elsewhere.
    package var isConsistent: Bool {
        guard status == .inProgress || fence == nil else { return false }
        return dependencies.count < 2 || Set(dependencies).count == dependencies.count
    }

    /// Whether the work queue knows anything of the task.
    var hasWork: Bool { box.fields.work != nil }
}

// MARK: - Memory

extension TaskRecord {
    /// About how many bytes a task has in memory, with the texts and ids that it points to.
    ///
    /// - Complexity: O(1).
    public var memory: Int {
        let ids = box.fields.dependencies.count
        return Allocation.memory(of: MemoryLayout<Fields>.stride)
            + (ids > 0 ? Allocation.memory(of: ids * MemoryLayout<TaskID>.stride) : 0)
            + Allocation.memory(of: box.fields.title) + Allocation.memory(of: box.fields.description)
            + Allocation.memory(of: box.fields.project) + (box.fields.work?.memory ?? 0)
    }

    private struct Fields: Sendable {
        let id: TaskID
        var title: String
        var description: String
        // Three in the memory of one word.
        var status: TaskStatus
        var isShortened = false
        var priority: Int32
        var dependencies: [TaskID]
        var project: String?
        let createdAt: Timestamp
        var updatedAt: Timestamp
        var revision: Int
        var since: Since
        var work: WorkState?
    }

    /// What copies share. Unchecked, since `own` sees to it that the fields change only while one value alone has them.
    private final class Box: @unchecked Sendable {
        @exclusivity(unchecked) var fields: Fields

        init(_ fields: Fields) { self.fields = fields }
    }

    /// The memory, which no other value has: it may be changed.
    private mutating func own() -> Box {
        if !isKnownUniquelyReferenced(&box) { box = Box(box.fields) }
        return box
    }
}

extension TaskRecord: Hashable {
    /// Texts are compared as bytes.
    public static func == (left: TaskRecord, right: TaskRecord) -> Bool {
        left.box === right.box || left.hasFields(of: right)
    }

    private func hasFields(of other: TaskRecord) -> Bool {
        id == other.id && revision == other.revision && status == other.status && priority == other.priority
            && createdAt == other.createdAt && updatedAt == other.updatedAt && dependencies == other.dependencies
            && since == other.since && box.fields.work == other.box.fields.work && title.isSame(as: other.title)
            && description.isSame(as: other.description)
            && project.isSame(as: other.project)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(revision)
    }
}
