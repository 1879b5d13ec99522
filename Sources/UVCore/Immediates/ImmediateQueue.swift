/// The immediates that wait, as two arrays: the batch that the check phase has taken, and what has come since.
@LoopActor
final class ImmediateQueue {
    private struct State {
        var waiting: [Immediate] = []
        var batch: [Immediate] = []
        /// The place in the batch.
        var next = 0
        var count = 0
        /// Whether a batch was begun and has not been run to its end.
        var isInBatch = false
    }

    // Unchecked for exclusive access: no callback runs while a part of it is being changed.
    @exclusivity(unchecked) private var state = State()

    /// Immediates that wait and were not cancelled.
    var count: Int { state.count }

    var isEmpty: Bool { state.count == 0 }

    /// True when a throw has cut the batch short.
    var isInBatch: Bool { state.isInBatch }

    func append(_ immediate: Immediate) {
        state.waiting.append(immediate)
        state.count += 1
    }

    func didCancel() { state.count -= 1 }

    /// Cancels all, at the end of the loop: a callback usually holds its immediate, which holds it.
    func removeAll() {
        for immediate in state.batch + state.waiting { immediate.cancel() }
        state = State()
    }

    /// Takes all that waits as the batch of this check phase; later ones wait for the next iteration. When a throw has cut
    /// a batch short, its rest comes first.
    func beginBatch() {
        defer { state.isInBatch = true }
        if hasNext() { return }
        state.batch.removeAll(keepingCapacity: true)
        state.next = 0
        swap(&state.batch, &state.waiting)
    }

    /// Whether the batch goes on. What was cancelled counts as gone: in Node it leaves the list at once.
    ///
    /// - Complexity: O(1), amortised.
    func hasNext() -> Bool {
        while state.next < state.batch.count {
            if state.batch[state.next].isPending { return true }
            state.next += 1
        }
        return false
    }

    /// The next callback of the batch.
    func takeNext() -> (() throws -> Void)? {
        guard hasNext() else { return nil }
        defer { state.next += 1 }
        state.count -= 1
        return state.batch[state.next].take()
    }

    func endBatch() { state.isInBatch = false }
}
