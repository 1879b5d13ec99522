import UVCore

func looseImmediateAndJob() -> Int32 {
    EventLoop.run { loop in
        try loop.workers.run { _ in
            busy(.milliseconds(100))
        } then: { _ in
            print("the job is done")
        }
        loop.setTimeout(.milliseconds(1)) {
            print("timer")
            loop.setImmediate { print("unref immediate") }.unref()
        }
        busy(.milliseconds(20))
        print("main")
    }
}
