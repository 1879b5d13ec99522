import CLibUV

/// How late the loop is, as Node's `perf_hooks.monitorEventLoopDelay`. Made by
/// ``LoopMonitor/eventLoopDelay(resolution:)``.
///
/// A timer that does not keep the loop alive notes the time between its calls. So each sample *includes* the period: of
/// a loop with nothing to do all samples are a little above ``resolution``, and one callback that takes 80 ms gives one
/// sample of at least 80 ms.
@LoopActor
public final class DelayMonitor: HandleOwner {
    /// How often it looks.
    public let resolution: Duration

    /// The samples, in nanoseconds.
    public private(set) var histogram = Histogram()

    private let loop: EventLoop
    private var ticker: Ticker?
    private var previous: Int64?

    /// What takes the samples. As in Node it is a timer of libuv's own, which waits for no other timeout. With a manual
    /// clock, which libuv does not know, it is an interval.
    private enum Ticker {
        case timer(Handle)
        case interval(Timeout)
    }

    init(resolution: Duration, loop: EventLoop) {
        self.resolution = Swift.max(.milliseconds(1), resolution)
        self.loop = loop
    }

    /// Begins to take samples, and lives until ``disable()`` or the end of the loop. Returns false if it does already,
    /// or the loop has ended. See `uv_timer_start`.
    @discardableResult
    public func enable() -> Bool {
        guard ticker == nil, !loop.hasEnded else { return false }
        ticker =
            switch loop.clock {
            case .system: startTimer().map(Ticker.timer)
            case .manual: .interval(loop.wait(resolution, repeats: true) { [self] in sample() }.unref())
            }
        return ticker != nil
    }

    /// Takes no more samples; those that were taken stay. Returns false if it takes none already.
    @discardableResult
    public func disable() -> Bool {
        switch ticker {
        case nil: return false
        case .timer(let handle): handle.close()
        case .interval(let interval): interval.cancel()
        }
        ticker = nil
        return true
    }

    func loopWillEnd() { disable() }

    private func startTimer() -> Handle? {
        let (loop, period) = (loop.raw, UInt64(resolution.wholeMilliseconds))
        let handle = try? Handle(
            UV_TIMER, initialize: { uv_timer_init(loop, $0.assumingMemoryBound(to: uv_timer_t.self)) },
            call: "uv_timer_init")
        guard let handle else { return nil }
        handle.owner = self
        handle.unref()
        uv_timer_start(
            handle.pointer(as: uv_timer_t.self),
            { @Sendable raw in
                guard let raw else { return }
                let handle = Handle.wrapper(of: raw)
                LoopActor.assumeIsolated { handle.owner(as: DelayMonitor.self)?.sample() }
            }, period, period)
        return handle
    }

    /// Forgets all samples. The next look begins to measure anew.
    public func reset() {
        histogram.reset()
        previous = nil
    }

    private func sample() {
        let now = loop.clock.nanoseconds
        if let previous { histogram.record(Int(now - previous)) }
        previous = now
    }
}

// MARK: - Reading

extension DelayMonitor {
    /// Samples taken.
    public var count: Int { histogram.count }

    /// Samples of more than an hour, which are not in the histogram.
    public var exceeds: Int { histogram.exceeds }

    /// The shortest sample; zero without one.
    public var min: Duration { .nanoseconds(histogram.min ?? 0) }

    /// The longest sample; zero without one.
    public var max: Duration { .nanoseconds(histogram.max ?? 0) }

    /// The mean of the samples; zero without one.
    public var mean: Duration { .nanoseconds(Int64(histogram.mean ?? 0)) }

    /// The standard deviation of the samples; zero without one.
    public var stddev: Duration { .nanoseconds(Int64(histogram.stddev ?? 0)) }

    /// The delay that `percent` of the samples do not exceed; zero without a sample. See ``Histogram/percentile(_:)``.
    public func percentile(_ percent: Double) -> Duration { .nanoseconds(histogram.percentile(percent) ?? 0) }
}
