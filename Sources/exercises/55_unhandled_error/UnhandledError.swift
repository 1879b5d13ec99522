import UVCore

func unhandledError() -> Int32 {
    EventLoop.run { loop in
        loop.onBeforeExit = { _ in print("beforeExit") }
        loop.onExit = { code in
            print("exit", code)
            loop.nextTick { print("tick of exit") }
            loop.queueMicrotask { print("microtask of exit") }
        }

        loop.setImmediate {
            loop.nextTick { print("tick") }
            loop.queueMicrotask { print("microtask") }
            loop.setTimeout(.milliseconds(1)) { print("timer") }
            print("about to throw")
            throw Failure("nobody handles this")
        }
        loop.setImmediate { print("next immediate") }
    }
}
