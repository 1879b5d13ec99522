import UVCore

func tickVsMicrotaskNesting() -> Int32 {
    EventLoop.run { loop in
        loop.nextTick {
            print("T1")
            loop.nextTick { print("T3 (tick from tick)") }
            loop.queueMicrotask { print("M2 (microtask from tick)") }
        }
        loop.queueMicrotask {
            print("M1")
            loop.nextTick { print("T4 (tick from microtask)") }
            loop.queueMicrotask { print("M3 (microtask from microtask)") }
        }
        loop.nextTick { print("T2") }
        print("main")
    }
}
