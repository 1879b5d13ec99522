import UVCore

EventLoop.main { loop in
    loop.setTimeout(.milliseconds(10)) { print("timeout") }
    loop.setImmediate { print("immediate") }
    loop.queueMicrotask { print("microtask") }
    loop.nextTick { print("tick") }
    print("main")
}
