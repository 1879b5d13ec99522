import UVCore

func throwInTickMicroIo() -> Int32 {
    // One thread: the pool's jobs end in the order they came.
    setEnvironment("UV_THREADPOOL_SIZE", to: "1")
    return EventLoop.run { loop in
        loop.onUncaughtError = { error in print("uncaughtException", error) }
        FileSystem.stat(".") { _ in
            print("io 1 throws")
            loop.nextTick { print("tick of io 1") }
            loop.setImmediate {
                print("immediate 1")
                throwAlone()
            }
            throw Failure("from io 1")
        }
        FileSystem.stat(".") { _ in print("io 2") }
        // Both are complete when the loop begins to poll.
        busy(.milliseconds(20))

        @LoopActor func throwAlone() {
            FileSystem.stat(".") { _ in
                print("lone io throws")
                loop.nextTick { print("tick of lone io") }
                loop.setImmediate {
                    print("immediate 2")
                    throwInQueues()
                }
                throw Failure("from lone io")
            }
        }
        @LoopActor func throwInQueues() {
            loop.setTimeout(.milliseconds(1)) {
                loop.nextTick {
                    print("tick 1 throws")
                    throw Failure("from tick")
                }
                loop.nextTick { print("tick 2") }
                loop.queueMicrotask {
                    print("micro 1 throws")
                    throw Failure("from micro")
                }
                loop.queueMicrotask { print("micro 2") }
                loop.setImmediate { print("immediate 3") }
            }
        }
    }
}
