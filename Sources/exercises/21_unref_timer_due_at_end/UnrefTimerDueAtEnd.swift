import UVCore

func unrefTimerDueAtEnd() -> Int32 {
    EventLoop.run { loop in
        loop.setImmediate {
            print("last immediate")
            loop.setTimeout(.milliseconds(1)) { print("due unref timer") }.unref()
            busy(.milliseconds(5))
        }
        loop.onExit = { _ in print("exit") }
    }
}
