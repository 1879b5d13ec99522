import UVCore

func promiseTimers() -> Int32 {
    EventLoop.run { loop in
        FileSystem.stat(".") { _ in
            loop.spawn {
                loop.spawn {
                    await loop.nextCheck()
                    print("imm (promise)")
                }
                loop.spawn {
                    try await loop.sleep(.milliseconds(1))
                    print("timeout (promise)")
                }
                // A task begins in a microtask: after this turn both wait.
                await loop.nextTurn()
                loop.setImmediate { print("imm callback") }
                loop.setTimeout(.milliseconds(1)) { print("timeout callback") }
                print("continuation after await")

                await loop.nextCheck()
                print("continuation after setImmediate")
                try await loop.sleep(.milliseconds(20))
                print("continuation after 20 ms")

                var count = 0
                for await _ in loop.interval(.milliseconds(5)) {
                    count += 1
                    print("iv", count)
                    if count == 3 { break }
                }
                print("interval loop left: its timer is cleared")
            }
        }
    }
}
