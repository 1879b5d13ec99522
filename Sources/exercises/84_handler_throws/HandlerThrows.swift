import UVCore

func handlerThrows() -> Int32 {
    EventLoop.run { loop in
        loop.onUncaughtError = { error in
            print("uncaught", error)
            loop.nextTick { print("tick of the handler") }
            throw Failure("from the handler")
        }
        loop.onBeforeExit = { _ in print("beforeExit") }
        loop.onExit = { code in print("exit", code) }

        loop.setImmediate {
            loop.nextTick { print("tick") }
            throw Failure("from an immediate")
        }
        loop.setImmediate { print("second immediate") }
        loop.exitCode = 3
    }
}
