/// A connection whose layer agrees with the peer's: what follows, and until when it has to.
@LoopActor
final class LayerOpening {
    private let deadline: Deadline
    private let didOpen: () throws -> Void
    private let didEnd: (LoopError?) -> Void

    /// - Parameters:
    ///   - didOpen: Called, as a callback of the loop, when content may pass.
    ///   - didEnd: Called once: before that, or when the connection ends first, with what has broken it.
    init(deadline: Deadline, didEnd: @escaping (LoopError?) -> Void, didOpen: @escaping () throws -> Void) {
        self.deadline = deadline
        self.didEnd = didEnd
        self.didOpen = didOpen
    }

    /// The two ends have agreed. Returns what follows.
    func succeed() -> () throws -> Void {
        deadline.cancel()
        didEnd(nil)
        return didOpen
    }

    /// The connection ends before.
    func fail(_ error: LoopError?) {
        deadline.cancel()
        didEnd(error)
    }
}
