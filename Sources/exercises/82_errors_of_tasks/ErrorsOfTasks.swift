import UVCore

func errorsOfTasks() -> Int32 {
    EventLoop.run { loop in
        loop.onUncaughtError = { error in
            print("uncaught", error)
            loop.nextTick { print("tick of the handler") }
        }

        loop.setImmediate {
            loop.spawn {
                print("a begins")
                await loop.nextTurn()
                print("a throws")
                throw Failure("from a")
            }
            loop.spawn {
                print("b throws")
                throw Failure("from b")
            }
            loop.queueMicrotask {
                print("microtask")
                loop.queueMicrotask { print("microtask of a microtask") }
                loop.nextTick { print("tick of a microtask") }
            }
            loop.queueMicrotask { throw Failure("from a microtask") }
        }
        loop.setImmediate { print("second immediate") }
    }
}
