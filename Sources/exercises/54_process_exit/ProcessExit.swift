import UVCore

func processExit() -> Int32 {
    EventLoop.run { loop in
        loop.onExit = { code in print("exit", code, "exitCode", loop.exitCode) }
        loop.onBeforeExit = { _ in print("beforeExit") }
        loop.setImmediate {
            loop.nextTick { print("tick") }
            loop.queueMicrotask { print("micro") }
            loop.setTimeout(.zero) { print("timer") }
            print("calling exit")
            loop.exit(5)
        }
    }
}
