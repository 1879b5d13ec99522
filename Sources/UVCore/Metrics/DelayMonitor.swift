import CLibUV

/// How late the loop is, as Node's `perf_hooks.monitorEventLoopDelay`. Made by
/// ``LoopMonitor/eventLoopDelay(resolution:)``.
///
/// An interval that does not keep the loop alive notes the time between its calls. So each sample *includes* the
/// period: of a loop with nothing to do all samples are a little above ``resolution``, and one callback that takes 80 ms
/// gives one sample of at least 80 ms.
@LoopActor
public final class DelayMonitor {
    /// How often it looks.
    public let resolution: Duration

    /// The samples, in nanoseconds.
    public private(set) var histogram = Histogram()

    private let loop: EventLoop
    private var interval: Timeout?
    private var previous: Int64?

    init(resolution: Duration, loop: EventLoop) {
        self.resolution = Swift.max(.milliseconds(1), resolution)
        self.loop = loop
    }

    /// Begins to take samples, and lives until ``disable()`` or the end of the loop. Returns false if it does already.
    @discardableResult
    public func enable() -> Bool {
        guard interval == nil else { return false }
        interval = loop.setInterval(resolution) { [self] in sample() }.unref()
        return true
    }

    /// Takes no more samples; those that were taken stay. Returns false if it takes none already.
    @discardableResult
    public func disable() -> Bool {
        guard let interval else { return false }
        interval.cancel()
        self.interval = nil
        return true
    }

    /// Forgets all samples. The next call of the interval begins to measure anew.
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

extension LoopClock {
    /// The time now, not as the loop last took it.
    fileprivate var nanoseconds: Int64 {
        @LoopActor get {
            switch self {
            case .system: Int64(truncatingIfNeeded: uv_hrtime())
            case .manual(let clock): clock.milliseconds * 1_000_000
            }
        }
    }
}
