import UVCore

func unhandledError() -> Int32 {
    EventLoop.run { loop in
        loop.onBeforeExit = { _ in print("BUG beforeExit") }
        loop.onExit = { code in
            print("exit", code)
            loop.nextTick { print("BUG tick of exit") }
            loop.queueMicrotask { print("BUG microtask of exit") }
        }

        loop.setImmediate {
            loop.nextTick { print("BUG tick") }
            loop.queueMicrotask { print("BUG microtask") }
            loop.setTimeout(.milliseconds(1)) { print("BUG timer") }
            print("about to throw")
            throw Failure("nobody handles this")
        }
        loop.setImmediate { print("BUG next immediate") }
    }
}
