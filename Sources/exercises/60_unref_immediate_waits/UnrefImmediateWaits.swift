import UVCore

func unrefImmediateWaits() -> Int32 {
    EventLoop.run { loop in
        loop.setTimeout(.milliseconds(1)) {
            let begin = ContinuousClock.now
            loop.setImmediate {
                print("unref immediate, kept waiting:", begin.duration(to: .now) > .milliseconds(100))
            }.unref()
            loop.setTimeout(.milliseconds(200)) {
                print("the timer that woke the loop")
                referenced()
            }
        }

        @LoopActor func referenced() {
            let begin = ContinuousClock.now
            loop.setImmediate {
                print("ref immediate, kept waiting:", begin.duration(to: .now) > .milliseconds(100))
            }
            loop.setTimeout(.milliseconds(200)) { print("a timer that nobody waited for") }
        }
    }
}
