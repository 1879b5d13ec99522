import UVCore

func basicPhases() -> Int32 {
    EventLoop.run { loop in
        print("sync 1")
        loop.setImmediate { print("immediate") }
        loop.setTimeout(.zero) { print("timeout 0") }
        loop.queueMicrotask { print("microtask 1") }
        loop.nextTick { print("tick 1") }
        loop.queueMicrotask { print("microtask 2") }
        loop.nextTick { print("tick 2") }
        // The timer is due before the loop begins to turn.
        busy(.milliseconds(5))
        print("sync 2")
    }
}
