import UVCore

func linesForThreads() -> Int32 {
    setEnvironment("UV_THREADPOOL_SIZE", to: "1")
    return EventLoop.run { loop in
        @LoopActor func job(_ number: Int, takes duration: Duration = .milliseconds(1)) throws {
            try loop.workers.run({ _ in busy(duration) }, then: { _ in print("job", number) })
        }
        @LoopActor func name(_ number: Int) {
            DNS.lookup("localhost") { _ in print("name", number) }
        }

        for number in 1...8 { try job(number) }
        FileSystem.stat(".") { _ in
            print("file behind eight jobs")

            // Keeps the thread until all the others stand in line.
            try job(9, takes: .milliseconds(100))
            name(1)
            name(2)
            name(3)
            try job(10)
            FileSystem.stat(".") { _ in print("another file") }

            DNS.lookup("127.0.0.1") { _ in print("a number needs no thread") }
            loop.nextTick { print("tick") }
        }
    }
}
