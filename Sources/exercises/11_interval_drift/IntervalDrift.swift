import UVCore

func intervalDrift() -> Int32 {
    EventLoop.run { loop in
        var count = 0
        var last: ContinuousClock.Instant?
        var interval: Timeout?
        interval = loop.setInterval(.milliseconds(20)) {
            count += 1
            let now = ContinuousClock.now
            if let last {
                print("tick", count, "gap>=20:", last.duration(to: now) >= .milliseconds(19))
            } else {
                print("tick", count)
            }
            last = now
            if count == 1 {
                loop.setImmediate { print("immediate after tick 1") }
                busy(.milliseconds(65))
            }
            if count == 2 { loop.setImmediate { print("count in the immediate:", count) } }
            if count == 4 { interval?.cancel() }
        }
    }
}
