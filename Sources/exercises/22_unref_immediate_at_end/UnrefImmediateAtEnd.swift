import UVCore

func unrefImmediateAtEnd() -> Int32 {
    EventLoop.run { loop in
        loop.setTimeout(.milliseconds(1)) {
            print("first timer")
            loop.setImmediate { print("unref immediate of the first timer") }.unref()
            loop.setTimeout(.milliseconds(20), last)
        }

        @LoopActor func last() {
            print("last timer")
            loop.setImmediate { print("unref immediate of the last timer") }.unref()
        }

        loop.onExit = { _ in print("exit") }
    }
}
