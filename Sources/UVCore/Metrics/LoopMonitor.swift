import CLibUV

/// What can be measured of a running loop. Reached as ``EventLoop/monitor``.
///
/// ```swift
/// loop.monitor.measureIdleTime()
/// let before = loop.monitor.eventLoopUtilization()
/// loop.setTimeout(.seconds(1)) {
///     print(loop.monitor.eventLoopUtilization(since: before).utilization)
/// }
/// ```
@LoopActor
public final class LoopMonitor {
    unowned let loop: EventLoop

    /// When the loop has begun to turn, or idle time to be measured if that was later.
    private var start: UInt64?
    private var measuresIdleTime = false

    init(loop: EventLoop) { self.loop = loop }

    /// How often the loop has turned and what it has called. Always counted.
    public var counts: LoopCounts { loop.state.counts }

    /// Measures idle time from now on, which ``eventLoopUtilization()`` needs. Silent the second time.
    ///
    /// Not from the start, because it has its price: before each wait libuv looks once without waiting, so as not to
    /// count what was there already. That is one system call more each time the loop sleeps. See `uv_loop_configure`
    /// with `UV_METRICS_IDLE_TIME`.
    public func measureIdleTime() {
        guard !measuresIdleTime, !loop.hasEnded, clibuv_measure_idle_time(loop.raw) == 0 else { return }
        measuresIdleTime = true
        if loop.iteration > 0 { start = uv_hrtime() }
    }

    /// How long the loop was idle and active: zeros before it begins to turn, and without ``measureIdleTime()``.
    public func eventLoopUtilization() -> LoopUtilization {
        guard measuresIdleTime, !loop.hasEnded, let start else { return .zero }
        let idle = Int64(truncatingIfNeeded: uv_metrics_idle_time(loop.raw))
        let total = Int64(truncatingIfNeeded: uv_hrtime() &- start)
        // The two clocks are read one after the other.
        return LoopUtilization(idle: .nanoseconds(idle), active: .nanoseconds(max(0, total - idle)))
    }

    /// The same since `earlier`.
    public func eventLoopUtilization(since earlier: LoopUtilization) -> LoopUtilization {
        eventLoopUtilization().since(earlier)
    }

    /// The same from `earlier` to `later`: the form with two arguments in Node.
    public func eventLoopUtilization(_ later: LoopUtilization, since earlier: LoopUtilization) -> LoopUtilization {
        later.since(earlier)
    }

    /// Watches how late the loop is, from ``DelayMonitor/enable()`` on.
    ///
    /// - Parameter resolution: How often it looks; whole milliseconds from 1 on.
    public func eventLoopDelay(resolution: Duration = .milliseconds(10)) -> DelayMonitor {
        DelayMonitor(resolution: resolution, loop: loop)
    }

    /// The first turn begins.
    func didStart() {
        if start == nil { start = uv_hrtime() }
    }
}
