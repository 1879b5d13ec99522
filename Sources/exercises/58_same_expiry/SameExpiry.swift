import UVCore

func sameExpiry() -> Int32 {
    EventLoop.run { loop in
        // Arms a timer in the very millisecond `time`; nil when the system did not let it.
        @LoopActor func arm(_ time: Int64, _ delay: Int64) -> Timeout? {
            while now() < time {}
            let timer = loop.setTimeout(.milliseconds(delay)) { print(delay, "ms") }
            if now() == time { return timer }
            timer.cancel()
            return nil
        }

        // All four expire 30 ms after `start`.
        @LoopActor func armAll(_ start: Int64) -> Bool {
            let timers = [
                arm(start, 30),
                arm(start + 20, 10),
                arm(start + 25, 5),
                arm(start + 26, 4),
            ]
            if timers.allSatisfy({ $0 != nil }) { return true }
            for timer in timers { timer?.cancel() }
            return false
        }

        while !armAll(now() + 1) {}
        print("armed")
    }
}

/// The loop's clock, in whole milliseconds.
private func now() -> Int64 {
    let time = SuspendingClock().systemEpoch.duration(to: .now).components
    return time.seconds * 1_000 + time.attoseconds / 1_000_000_000_000_000
}
