import UVCore

EventLoop.main { loop in
    loop.setTimeout(.milliseconds(1)) { print("the loop goes on") }
    try loop.workers.run { job in
        (1...5_000_000).reduce(0) { job.isCancelled ? $0 : $0 &+ $1 % 7 }
    } then: { result in
        print("the worker says \(try result.get())")
    }
}
