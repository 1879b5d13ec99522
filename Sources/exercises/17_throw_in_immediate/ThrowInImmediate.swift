import UVCore

func throwInImmediate() -> Int32 {
    EventLoop.run { loop in
        loop.onUncaughtError = { error in print("uncaughtException", error) }

        loop.setImmediate {
            print("A")
            loop.nextTick { print("tick of A") }
            loop.queueMicrotask { print("microtask of A") }
            loop.setImmediate { print("immediate queued by A") }
            throw Failure("from A")
        }
        loop.setImmediate {
            print("B")
            loop.nextTick { print("tick of B") }
        }
        loop.setImmediate { print("C") }
    }
}
