import UVCore

func immediateQueuedInCheck() -> Int32 {
    EventLoop.run { loop in
        loop.setImmediate {
            print("immediate 1")
            loop.setImmediate { print("immediate of immediate 1") }
            loop.nextTick {
                loop.setImmediate { print("immediate of a tick of immediate 1") }
            }
            loop.setTimeout(.milliseconds(1)) { print("timer") }
            busy(.milliseconds(5))
        }
        loop.setImmediate { print("immediate 2") }
    }
}
