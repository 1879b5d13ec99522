import UVCore

func immediateQueuedInCheck() -> Int32 {
    EventLoop.run { loop in
        loop.setImmediate {
            print("immediate 1")
            loop.setImmediate { print("immediate 3 (next iteration)") }
            loop.nextTick {
                loop.setImmediate { print("immediate 4 (queued by a tick, next iteration)") }
            }
            loop.setTimeout(.milliseconds(1)) { print("timer (between the iterations)") }
            busy(.milliseconds(5))
        }
        loop.setImmediate { print("immediate 2 (same iteration)") }
    }
}
