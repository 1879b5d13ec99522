import CLibUV

/// An object that gets the callbacks of a handle.
@LoopActor
protocol HandleOwner: AnyObject {
    /// Called when the loop ends with the handle open: closes it, at once or in a callback that is sure to come soon, and
    /// lets the program's closures go.
    func loopWillEnd()
}

/// The memory and the life of one libuv handle.
///
/// The wrapper allocates the handle, libuv borrows it, and only the close callback frees it. From `open` to that
/// callback libuv's pointer to the wrapper counts as a reference, so a handle in use cannot be deallocated.
@LoopActor
final class Handle {
    private enum State {
        case open, closing, closed
    }

    /// The handle as libuv's base type. It does not leave UVCore.
    let raw: UnsafeMutablePointer<uv_handle_t>

    /// The object that gets the handle's callbacks. The handle keeps it alive until it has closed.
    var owner: (any HandleOwner)?

    private var state = State.closed
    private var onClosed: (() -> Void)?

    /// Allocates a handle of `type` and calls libuv's `uv_*_init` on it.
    init(_ type: uv_handle_type, initialize: (UnsafeMutableRawPointer) -> Int32, call: StaticString) throws(LoopError) {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: uv_handle_size(type), alignment: MemoryLayout<UInt64>.alignment)
        raw = memory.assumingMemoryBound(to: uv_handle_t.self)
        do throws(LoopError) {
            try LoopError.check(initialize(memory), call)
        } catch {
            // libuv has not linked it into the loop, so there is no close callback to wait for.
            memory.deallocate()
            throw error
        }
        state = .open
        // +1 for libuv's pointer; the -1 is in `didClose`.
        raw.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    deinit {
        let state = state
        precondition(state == .closed, "a handle was dropped without being closed")
    }

    var isOpen: Bool { state == .open }

    /// The owner, as the one type that this kind of handle is ever owned by.
    func owner<Owner: HandleOwner>(as type: Owner.Type) -> Owner? {
        guard let owner else { return nil }
        return unsafeDowncast(owner, to: type)
    }

    /// The handle as the libuv type it was made with.
    func pointer<Raw>(as type: Raw.Type) -> UnsafeMutablePointer<Raw> {
        UnsafeMutableRawPointer(raw).assumingMemoryBound(to: type)
    }

    func ref() { if isOpen { uv_ref(raw) } }

    func unref() { if isOpen { uv_unref(raw) } }

    /// Begins to close; `onClosed` is called in the closing phase. Silent the second time.
    ///
    /// - Parameter resetting: Whether the peer of a TCP connection gets a reset in place of the end. See
    ///   `uv_tcp_close_reset`.
    func close(resetting: Bool = false, _ onClosed: (() -> Void)? = nil) {
        guard state == .open else { return }
        state = .closing
        self.onClosed = onClosed
        // The closing phase begins at the end of check: without one, the callback would be counted in the poll.
        EventLoop.running?.requestCheck()
        let done: uv_close_cb = { @Sendable handle in
            guard let handle else { return }
            let wrapper = Handle.wrapper(of: handle)
            LoopActor.assumeIsolated { wrapper.didClose() }
        }
        // libuv refuses to reset what is being shut down.
        if resetting, raw.pointee.type == UV_TCP, uv_tcp_close_reset(pointer(as: uv_tcp_t.self), done) == 0 { return }
        uv_close(raw, done)
    }

    /// Closes what the program has left open.
    func loopWillEnd() {
        if let owner { owner.loopWillEnd() } else { close() }
    }

    private func didClose() {
        state = .closed
        UnsafeMutableRawPointer(raw).deallocate()
        let closed = onClosed
        onClosed = nil
        owner = nil
        closed?()
        // -1 for libuv's pointer, which `init` counted.
        Unmanaged.passUnretained(self).release()
    }
}

extension Handle {
    /// Gives the owner of a handle that libuv passes to a callback to `body`. The handle is not counted for it: until the
    /// close callback libuv's pointer is.
    @inline(__always)
    nonisolated static func withOwner<Raw, Owner: HandleOwner>(
        of handle: UnsafeMutablePointer<Raw>?, as _: Owner.Type, _ body: @LoopActor (Owner) -> Void
    ) {
        let base = UnsafeMutableRawPointer(handle)?.assumingMemoryBound(to: uv_handle_t.self)
        guard let data = base?.pointee.data else { return }
        Unmanaged<Handle>.fromOpaque(data)._withUnsafeGuaranteedRef { wrapper in
            LoopActor.assumeIsolated { if let owner = wrapper.owner(as: Owner.self) { body(owner) } }
        }
    }

    /// The wrapper behind a handle that libuv passes to a callback.
    nonisolated static func wrapper<Raw>(of handle: UnsafeMutablePointer<Raw>) -> Handle {
        let base = UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
        guard let data = base.pointee.data else { preconditionFailure("a libuv handle without its wrapper") }
        return Unmanaged<Handle>.fromOpaque(data).takeUnretainedValue()
    }
}
