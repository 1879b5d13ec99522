import UVCore

func processExit() -> Int32 {
    EventLoop.run { loop in
        loop.onExit = { code in print("exit", code, "exitCode", loop.exitCode) }
        loop.onBeforeExit = { _ in print("BUG beforeExit") }
        loop.setImmediate {
            loop.nextTick { print("BUG tick") }
            loop.queueMicrotask { print("BUG micro") }
            loop.setTimeout(.zero) { print("BUG timer") }
            print("calling exit")
            loop.exit(5)
        }
    }
}
