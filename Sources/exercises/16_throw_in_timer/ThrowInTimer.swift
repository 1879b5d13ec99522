import UVCore

func throwInTimer() -> Int32 {
    EventLoop.run { loop in
        // Node's second word is the origin; Swift has but this one, for lack of promises that are rejected unseen.
        loop.onUncaughtError = { error in print("uncaughtException", error, "uncaughtException") }
        loop.setTimeout(.milliseconds(1)) {
            print("A")
            loop.nextTick { print("tick of A") }
            loop.queueMicrotask { print("micro of A") }
            throw Failure("from A")
        }
        loop.setTimeout(.milliseconds(1)) { print("B") }
        loop.setTimeout(.milliseconds(1)) { print("C") }
        loop.setImmediate { print("immediate") }
        busy(.milliseconds(10))
    }
}
