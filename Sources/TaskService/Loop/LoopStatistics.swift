import UVCore
import UVHTTP

/// How busy the loop is, and how late.
@LoopActor
final class LoopStatistics: ServerPart {
    private let monitor = EventLoop.current.monitor
    let delay: DelayMonitor
    private var lastLook = LoopUtilization.zero

    /// Measures from now on. A look each 20 ms costs an idle server about a thousandth of a core.
    init() {
        monitor.measureIdleTime()
        delay = monitor.eventLoopDelay(resolution: .milliseconds(20))
        delay.enable()
    }

    func addRoutes(to router: Router, behind gates: Gates) {
        router.get("/tasks/system/loop", through: gates.members) { [self] _, response in
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
        json.member("resolution", milliseconds: delay.resolution)
        json.member("samples", delay.count)
        json.member("min", milliseconds: delay.min)
        json.member("mean", milliseconds: delay.mean)
        json.member("max", milliseconds: delay.max)
        json.member("stddev", milliseconds: delay.stddev)
        json.member("p50", milliseconds: delay.percentile(50))
        json.member("p90", milliseconds: delay.percentile(90))
        json.member("p99", milliseconds: delay.percentile(99))
        json.member("p99.9", milliseconds: delay.percentile(99.9))
    }
}

extension JSONText {
    fileprivate mutating func utilization(_ value: LoopUtilization) {
        member("idleMs", milliseconds: value.idle)
        member("activeMs", milliseconds: value.active)
        member("utilization", (value.utilization * 10_000).rounded() / 10_000)
    }
}
