/// A callback that waits for the check phase. Made by ``EventLoop/setImmediate(_:)``.
@LoopActor
public final class Immediate {
    /// Nil once it has run or was cancelled; then the object is only a name.
    @exclusivity(unchecked) private var callback: (() throws -> Void)?
    private let loop: EventLoop

    /// Whether it keeps the loop alive. An immediate that has run or was cancelled does not.
    public private(set) var hasRef = true

    init(_ callback: @escaping () throws -> Void, on loop: EventLoop) {
        self.callback = callback
        self.loop = loop
    }

    var isPending: Bool { callback != nil }

    /// Takes the immediate back. Silent when it has run, or was cancelled before.
    public func cancel() {
        guard isPending else { return }
        callback = nil
        unref()
        loop.immediates.didCancel()
    }

    /// Lets it keep the loop alive (again).
    @discardableResult
    public func ref() -> Immediate {
        guard isPending, !hasRef else { return self }
        hasRef = true
        loop.retainPoll()
        return self
    }

    /// Lets the loop end without it.
    @discardableResult
    public func unref() -> Immediate {
        guard hasRef else { return self }
        hasRef = false
        loop.releasePoll()
        return self
    }

    /// Hands the callback out for its one call.
    func take() -> (() throws -> Void)? {
        defer { callback = nil }
        if isPending { unref() }
        return callback
    }
}

/// The immediates that wait, as two arrays: the batch that the check phase has taken, and what has come since.
@LoopActor
final class ImmediateQueue {
    @exclusivity(unchecked) private var waiting: [Immediate] = []
    @exclusivity(unchecked) private var batch: [Immediate] = []
    @exclusivity(unchecked) private var next = 0

    /// Immediates that wait and were not cancelled.
    @exclusivity(unchecked) private(set) var count = 0

    func append(_ immediate: Immediate) {
        waiting.append(immediate)
        count += 1
    }

    func didCancel() { count -= 1 }

    /// Cancels all, at the end of the loop: a callback usually holds its immediate, which holds it.
    func removeAll() {
        for immediate in batch + waiting { immediate.cancel() }
        batch.removeAll()
        waiting.removeAll()
        next = 0
    }

    /// The next callback of the batch. When a throw has cut a batch short, its rest comes before a new batch.
    func popFirst() -> (() throws -> Void)? {
        while next < batch.count {
            let immediate = batch[next]
            next += 1
            if let callback = immediate.take() {
                count -= 1
                return callback
            }
        }
        return nil
    }

    /// Whether a batch has been run to its end, or none was begun. What was cancelled counts as gone: in Node it leaves
    /// the list at once.
    ///
    /// - Complexity: O(cancelled ones that come next).
    var isBatchDone: Bool { !batch[next...].contains { $0.isPending } }

    /// Takes all that waits as the batch of this check phase. Later ones wait for the next iteration.
    func beginBatch() {
        guard isBatchDone else { return }
        batch.removeAll(keepingCapacity: true)
        next = 0
        swap(&batch, &waiting)
    }
}

extension EventLoop {
    /// The check phase: what is collected for sending, then the immediates.
    func runCheck() {
        phase = .outside
        // Empty on purpose: entering drains the ticks that a callback left behind by throwing.
        enter {}
        phase = .check
        defer { phase = .closing }
        runCheckWork()
        guard immediates.count > 0 else { return }
        asOneCallback {
            while !isExiting, !runImmediates() {}
        }
    }

    /// Runs the batch until it ends (true) or something throws (false): then, as in Node, the next immediate runs
    /// before the ticks of the one that threw, and if that was the batch's last, the immediates queued meanwhile do.
    private func runImmediates() -> Bool {
        immediates.beginBatch()
        while !isExiting, let callback = immediates.popFirst() {
            counts.callbacks.count(.check)
            guard attempt(callback), settle() || immediates.isBatchDone else { return false }
        }
        return true
    }

    /// Calls `work` once, at the start of the next check phase, before the immediates.
    package func atCheck(_ work: @escaping () -> Void) {
        checkWork.append(work)
        retainPoll()
    }

    private func runCheckWork() {
        guard !checkWork.isEmpty else { return }
        let work = checkWork
        checkWork.removeAll(keepingCapacity: true)
        for item in work {
            releasePoll()
            enter(item)
        }
    }
}
