/// A callback that waits for the check phase. Made by ``EventLoop/setImmediate(_:)``.
@LoopActor
public final class Immediate {
    /// Nil once it has run or was cancelled; then the object is only a name.
    // Unchecked for exclusive access: it is taken out for its call, and nothing else reads it.
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
