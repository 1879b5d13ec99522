import UVCore

func unrefDueTimerInMain() -> Int32 {
    EventLoop.run { loop in
        loop.setTimeout(.milliseconds(1)) { print("unref timer") }.unref()
        busy(.milliseconds(10))
        loop.onExit = { _ in print("exit") }
    }
}
