import UVCore
import UVHTTP

/// How busy the loop is, and how late.
@LoopActor
final class LoopStatistics {
    private let monitor = EventLoop.current.monitor
    private let delay: DelayMonitor
    private var lastLook = LoopUtilization.zero

    /// Measures from now on. A look each 20 ms costs an idle server about a thousandth of a core.
    init() {
        monitor.measureIdleTime()
        delay = monitor.eventLoopDelay(resolution: .milliseconds(20))
        delay.enable()
    }

    func addRoutes(to router: Router, _ access: RouteAccess) {
        router.get("/tasks/system/loop", through: access.members) { [self] _, response in
            response.endReport { write(to: &$0) }
        }
    }

    private func write(to json: inout JSONText) {
        let now = monitor.eventLoopUtilization()
        json.member("utilization") { $0.utilization(now) }
        json.member("sinceLastLook") { $0.utilization(now.since(lastLook)) }
        lastLook = now
        json.member("delayMs", writeDelay)
        let period = Int(delay.resolution / .milliseconds(1))
        json.member(
            "delayMeaning",
            "Times between two looks that were due each \(period) ms: an idle loop shows \(period), and what is above "
                + "it is how late the loop was.")
        let counts = monitor.counts
        json.member("iterations", Int(clamping: counts.iterations))
        json.member("callbacks") { json in
            json.member("timers", counts.callbacks.timers)
            json.member("poll", counts.callbacks.poll)
            json.member("check", counts.callbacks.check)
            json.member("closing", counts.callbacks.closing)
        }
    }

    /// As in Node, a sample includes the period: what is above it is the delay.
    private func writeDelay(to json: inout JSONText) {
        json.member("resolution", delay.resolution.milliseconds)
        json.member("samples", delay.count)
        json.member("min", delay.min.milliseconds)
        json.member("mean", delay.mean.milliseconds)
        json.member("max", delay.max.milliseconds)
        json.member("stddev", delay.stddev.milliseconds)
        json.member("p50", delay.percentile(50).milliseconds)
        json.member("p90", delay.percentile(90).milliseconds)
        json.member("p99", delay.percentile(99).milliseconds)
        json.member("p99.9", delay.percentile(99.9).milliseconds)
    }
}

extension JSONText {
    fileprivate mutating func utilization(_ value: LoopUtilization) {
        member("idleMs", value.idle.milliseconds)
        member("activeMs", value.active.milliseconds)
        member("utilization", (value.utilization * 10_000).rounded() / 10_000)
    }
}
