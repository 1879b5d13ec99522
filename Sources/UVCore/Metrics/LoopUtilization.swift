/// How much of a time the loop was busy, as Node's `performance.eventLoopUtilization`.
public struct LoopUtilization: Hashable, Sendable {
    /// The time that the loop has waited for something to happen. See `uv_metrics_idle_time`.
    public let idle: Duration

    /// The time that it has not.
    public let active: Duration

    /// `active` as a share of both, from 0 to 1; 0 when there was no time.
    public var utilization: Double {
        let total = idle + active
        return total > .zero ? active / total : 0
    }

    /// The answer of a loop that has not begun to turn.
    public static let zero = LoopUtilization(idle: .zero, active: .zero)

    init(idle: Duration, active: Duration) {
        self.idle = idle
        self.active = active
    }

    /// What was added since `earlier`.
    public func since(_ earlier: LoopUtilization) -> LoopUtilization {
        LoopUtilization(idle: idle - earlier.idle, active: active - earlier.active)
    }
}
