import UVCore

func throwInMain() -> Int32 {
    EventLoop.run { loop in
        loop.onUncaughtError = { error in print("uncaught", error) }
        loop.setTimeout(.milliseconds(1)) {
            print("timer")
            loop.nextTick { print("tick of the timer") }
            throw Failure("from the timer")
        }
        loop.setTimeout(.milliseconds(1)) { print("second timer") }
        loop.setImmediate { print("immediate") }
        loop.nextTick { print("tick") }
        loop.queueMicrotask { print("microtask") }
        busy(.milliseconds(10))
        throw Failure("from main")
    }
}
