import UVCore

func timerOrderAcrossLists() -> Int32 {
    EventLoop.run { loop in
        let start = ContinuousClock.now
        func busy(until time: Duration) { while start.duration(to: .now) < time {} }

        loop.setTimeout(.milliseconds(300)) { print("d: 300ms armed at 0   (expiry 300)") }
        loop.setTimeout(.milliseconds(200)) { print("a: 200ms armed at 0   (expiry 200)") }
        busy(until: .milliseconds(100))
        loop.setTimeout(.milliseconds(200)) { print("b: 200ms armed at 100 (expiry 300)") }
        loop.setTimeout(.milliseconds(150)) { print("c: 150ms armed at 100 (expiry 250)") }
        busy(until: .milliseconds(450))
    }
}
