import UVCore

func cancelTwice() -> Int32 {
    EventLoop.run { loop in
        let timer = loop.setTimeout(.milliseconds(1)) { print("timer") }
        timer.cancel()
        timer.cancel()

        let interval = loop.setInterval(.milliseconds(1)) { print("interval") }
        interval.cancel()
        interval.cancel()

        let immediate = loop.setImmediate { print("immediate") }
        immediate.cancel()
        immediate.cancel()

        let nothing: Timeout? = nil
        nothing?.cancel()

        var once: Timeout?
        once = loop.setTimeout(.milliseconds(1)) {
            print("once")
            // Its call has begun.
            once?.cancel()
        }

        var calls = 0
        var repeating: Timeout?
        repeating = loop.setInterval(.milliseconds(5)) {
            calls += 1
            print("call", calls)
            if calls < 2 { return }
            repeating?.cancel()
            repeating?.cancel()
            loop.setTimeout(.milliseconds(5)) { print("a timer that nobody cancelled") }
        }

        print("all cancelled, hasRef", timer.hasRef, immediate.hasRef)
    }
}
