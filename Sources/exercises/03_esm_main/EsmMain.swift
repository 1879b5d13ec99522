import UVCore

func esmMain() -> Int32 {
    EventLoop.run { loop in
        loop.spawn {
            loop.nextTick { print("tick") }
            loop.queueMicrotask { print("microtask") }
            print("main")
        }
    }
}
