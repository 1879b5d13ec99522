import UVCore

/// A task in the hands of a handler of a ``TaskWorker``.
@LoopActor
public final class TaskJob {
    /// The task's id: a handler that does nothing twice for one id is safe from a task that is given out again.
    public nonisolated let id: String
    /// The type, by which the handler was found.
    public nonisolated let type: String?

    /// The number of the claim. It grows with each claim of the task: what this handler writes to can refuse a lower one
    /// than it has seen, and so the work of a worker that was too late.
    public nonisolated let fence: Int

    /// Which attempt this is, from 1.
    public nonisolated let attempt: Int

    /// Whether the work is not wanted any more: the task was cancelled, the server has given it to another worker,
    /// or this one ends. The Swift task that the handler runs in is cancelled with it.
    public private(set) var isCancelled = false

    /// Called once when ``isCancelled`` becomes true.
    public var onCancel: (() throws -> Void)?

    nonisolated let claim: ClaimedTask
    private let note: (Turn.Progress) -> Void

    init(_ claim: ClaimedTask, _ note: @escaping (Turn.Progress) -> Void) {
        id = claim.id.task.text
        type = claim.type
        fence = claim.id.fence
        attempt = claim.attempt
        self.claim = claim
        self.note = note
    }

    /// What the task's maker has given along.
    ///
    /// - Throws: `DecodingError` where it is none of that type.
    public func payload<Value: Decodable>(as type: Value.Type) throws -> Value {
        try claim.payload.decode(as: type)
    }

    /// Says how far it has come, with the next renewal of the lease.
    ///
    /// - Parameters:
    ///   - percent: 0 to 100.
    ///   - note: A few words; cut at 200 bytes.
    public func progress(_ percent: Int, _ note: String? = nil) {
        self.note(Turn.Progress(percent: percent, note: note))
    }

    func cancel() throws {
        guard !isCancelled else { return }
        isCancelled = true
        let onCancel = onCancel
        self.onCancel = nil
        try onCancel?()
    }
}
