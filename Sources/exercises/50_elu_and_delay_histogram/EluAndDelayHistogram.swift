import UVCore

func eluAndDelayHistogram() -> Int32 {
    EventLoop.run { loop in
        let monitor = loop.monitor
        monitor.measureIdleTime()
        print("before the loop starts", json(monitor.eventLoopUtilization()))
        loop.setTimeout(.milliseconds(20)) {
            let first = monitor.eventLoopUtilization()
            // About 100 ms idle.
            loop.setTimeout(.milliseconds(100)) {
                let quiet = monitor.eventLoopUtilization(since: first)
                print(
                    "idle period: idle>80", quiet.idle > .milliseconds(80),
                    "active<40", quiet.active < .milliseconds(40),
                    "utilization<0.4", quiet.utilization < 0.4,
                    "u == active/(idle+active)",
                    abs(quiet.utilization - quiet.active / (quiet.idle + quiet.active)) < 1e-9)
                let second = monitor.eventLoopUtilization()
                busy(.milliseconds(60))
                let work = monitor.eventLoopUtilization(since: second)
                print(
                    "busy, same callback: idle", number(work.idle / .milliseconds(1)),
                    "active>=59", work.active >= .milliseconds(59),
                    "utilization", number(work.utilization))
                let both = monitor.eventLoopUtilization(monitor.eventLoopUtilization(), since: second)
                print(
                    "two-argument form idle", number(both.idle / .milliseconds(1)),
                    "active>=59", both.active >= .milliseconds(59))
                watchDelay()
            }
        }

        @LoopActor func watchDelay() {
            let delay = monitor.eventLoopDelay(resolution: .milliseconds(10))
            print("enable", delay.enable(), delay.enable())
            // 100 ms of samples without load.
            loop.setTimeout(.milliseconds(100)) {
                let middle = delay.percentile(50)
                print(
                    "quiet: min>8ms", delay.min > .milliseconds(8),
                    "p50 in 9..20ms", middle > .milliseconds(9) && middle < .milliseconds(20),
                    "count>=5", delay.count >= 5)
                delay.reset()
                loop.setTimeout(.milliseconds(20)) {
                    busy(.milliseconds(80))
                    loop.setTimeout(.milliseconds(30)) {
                        print(
                            "blocked 80 ms: max>=75ms", delay.max >= .milliseconds(75),
                            "disable", delay.disable(), delay.disable(), "exceeds", delay.exceeds)
                    }
                }
            }
        }
    }
}

/// As JavaScript writes the object.
private func json(_ utilization: LoopUtilization) -> String {
    let (idle, active) = (utilization.idle / .milliseconds(1), utilization.active / .milliseconds(1))
    return "{\"idle\":\(number(idle)),\"active\":\(number(active)),\"utilization\":\(number(utilization.utilization))}"
}

/// As JavaScript writes the number: a whole one without a fraction.
private func number(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
}
