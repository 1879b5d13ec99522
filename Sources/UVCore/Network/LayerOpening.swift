/// The handshake of a connection's layer: what follows it, and until when it has to be finished.
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

    /// The handshake is finished. Returns what follows.
    func succeed() -> () throws -> Void {
        deadline.cancel()
        didEnd(nil)
        return didOpen
    }

    /// The connection ends before that.
    func fail(_ error: LoopError?) {
        deadline.cancel()
        didEnd(error)
    }
}
