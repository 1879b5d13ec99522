import CLibUV

/// The four handles that the loop itself owns, the same as Node's: they turn Swift's queues into libuv's phases.
///
/// | handle | what it does | keeps the loop alive |
/// |---|---|---|
/// | `timer` | wakes the poll when the earliest timeout is due; its callback only ends the wait | while a referenced timeout exists |
/// | `check` | runs the immediates; it is active while something waits for it | never |
/// | `idle` | is active while immediates or other work for check wait: then the poll does not block | while active |
/// | `async` | brings in what other threads hand over | never |
@LoopActor
final class LoopHandles {
    let timer: Handle
    private let check: Handle
    private let idle: Handle
    private let async: Handle

    init(on loop: UnsafeMutablePointer<uv_loop_t>) throws(LoopError) {
        timer = try Handle(
            UV_TIMER, initialize: { uv_timer_init(loop, $0.assumingMemoryBound(to: uv_timer_t.self)) },
            call: "uv_timer_init")
        check = try Handle(
            UV_CHECK, initialize: { uv_check_init(loop, $0.assumingMemoryBound(to: uv_check_t.self)) },
            call: "uv_check_init")
        idle = try Handle(
            UV_IDLE, initialize: { uv_idle_init(loop, $0.assumingMemoryBound(to: uv_idle_t.self)) },
            call: "uv_idle_init")
        async = try Handle(
            UV_ASYNC,
            initialize: { memory in
                uv_async_init(loop, memory.assumingMemoryBound(to: uv_async_t.self)) { @Sendable _ in
                    LoopActor.assumeIsolated { EventLoop.current.receive() }
                }
            }, call: "uv_async_init")
        timer.unref()
        check.unref()
        async.unref()
    }

    /// Lets other threads in.
    func start() {
        LoopDoor.open(waking: async.pointer(as: uv_async_t.self))
    }

    /// Whether there is a check phase. Most turns of a server have no work for it.
    func setCheck(_ isActive: Bool) {
        guard check.isOpen else { return }
        let handle = check.pointer(as: uv_check_t.self)
        guard isActive else { return _ = uv_check_stop(handle) }
        uv_check_start(handle) { @Sendable _ in
            LoopActor.assumeIsolated { EventLoop.current.runCheck() }
        }
    }

    /// Whether the poll returns at once, and the loop stays alive, because something waits for check.
    func setIdle(_ isActive: Bool) {
        guard idle.isOpen else { return }
        let handle = idle.pointer(as: uv_idle_t.self)
        if isActive { uv_idle_start(handle) { @Sendable _ in } } else { uv_idle_stop(handle) }
    }

    func close() {
        LoopDoor.close()
        for handle in [timer, check, idle, async] { handle.close() }
    }
}
