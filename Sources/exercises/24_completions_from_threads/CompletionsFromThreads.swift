import UVCore

func completionsFromThreads() -> Int32 {
    // One after the other.
    setEnvironment("UV_THREADPOOL_SIZE", to: "1")
    return EventLoop.run { loop in
        @LoopActor func task(_ name: String) async throws {
            _ = try await FileSystem.stat(".")
            print(name, "continues")
            loop.nextTick { print("tick of", name) }
            await loop.nextTurn()
            print(name, "after a turn")
        }

        loop.spawn { try await task("task 1") }
        loop.queueMicrotask {
            FileSystem.stat(".") { _ in
                print("callback")
                loop.nextTick { print("tick of the callback") }
                loop.setImmediate { print("immediate of the callback") }
            }
        }
        loop.spawn { try await task("task 2") }
        // All three are complete when the loop polls.
        loop.queueMicrotask { busy(.milliseconds(20)) }
    }
}
