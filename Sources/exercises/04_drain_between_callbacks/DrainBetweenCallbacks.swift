import UVCore

func drainBetweenCallbacks() -> Int32 {
    EventLoop.run { loop in
        @LoopActor func callback(_ name: String) -> () -> Void {
            {
                print(name)
                loop.nextTick { print(name, "tick") }
                loop.queueMicrotask { print(name, "micro") }
            }
        }
        FileSystem.stat(".") { _ in
            loop.setTimeout(.milliseconds(1), callback("timer A (1ms list)"))
            loop.setTimeout(.milliseconds(1), callback("timer B (1ms list)"))
            loop.setTimeout(.milliseconds(2), callback("timer C (2ms list)"))
            loop.setImmediate(callback("immediate A"))
            loop.setImmediate(callback("immediate B"))
            busy(.milliseconds(10))
        }
    }
}
