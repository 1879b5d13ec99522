import UVCore

func unrefTimerImmediate() -> Int32 {
    EventLoop.run { loop in
        FileSystem.stat(".") { _ in
            let first = loop.setTimeout(.milliseconds(10)) { print("unref timer 10ms") }
            first.unref()
            let second = loop.setTimeout(.milliseconds(500)) { print("unref timer 500ms") }.unref()
            loop.setTimeout(.milliseconds(30)) {
                print("ref 30ms")
                loop.setImmediate { print("unref immediate of the last timer") }.unref()
            }
            loop.setImmediate { print("unref immediate") }.unref()
            print("hasRef", first.hasRef, second.hasRef, second.ref().hasRef, second.unref().hasRef)
        }
        loop.onExit = { _ in print("exit") }
    }
}
