import UVCore

func exitInExit() -> Int32 {
    EventLoop.run { loop in
        loop.onBeforeExit = { _ in
            print("beforeExit")
            loop.queueMicrotask { print("microtask of beforeExit") }
        }
        loop.onExit = { code in
            print("exit", code)
            loop.nextTick { print("tick of exit") }
            loop.queueMicrotask { print("microtask of exit") }
            loop.exit(3)
        }
        loop.setImmediate { print("immediate") }
    }
}
