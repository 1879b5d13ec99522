import UVCore

func beforeExit() -> Int32 {
    EventLoop.run { loop in
        var count = 0
        loop.onBeforeExit = { code in
            count += 1
            print("beforeExit", code, count)
            if count == 1 { loop.setTimeout(.milliseconds(1)) { print("timer armed in beforeExit") } }
            if count == 2 {
                loop.setImmediate {
                    print("immediate armed in beforeExit")
                    loop.exitCode = 7
                }
            }
            if count == 3 {
                loop.nextTick { print("tick in the last beforeExit") }
            }
        }
        loop.onExit = { code in
            print("exit", code)
            loop.nextTick { print("tick in exit") }
            loop.queueMicrotask { print("microtask queued in exit") }
            loop.setTimeout(.zero) { print("timer in exit") }
        }
        loop.setTimeout(.milliseconds(1)) { print("first timer") }
    }
}
