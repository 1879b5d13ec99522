import UVCore

func unrefTimerImmediate() -> Int32 {
    EventLoop.run { loop in
        FileSystem.stat(".") { _ in
            let first = loop.setTimeout(.milliseconds(10)) {
                print("unref timer 10ms: runs, the ref 30ms timer keeps the loop alive")
            }
            first.unref()
            let second = loop.setTimeout(.milliseconds(500)) { print("BUG unref 500ms timer ran") }.unref()
            loop.setTimeout(.milliseconds(30)) {
                print("ref 30ms")
                loop.setImmediate { print("BUG unref immediate alone") }.unref()
            }
            loop.setImmediate { print("unref immediate: runs, loop is alive") }.unref()
            print("hasRef", first.hasRef, second.hasRef, second.ref().hasRef, second.unref().hasRef)
        }
        loop.onExit = { _ in print("exit") }
    }
}
