import UVCore

func turnsOfTasks() -> Int32 {
    EventLoop.run { loop in
        @LoopActor func walk(_ name: String, _ steps: Int) async {
            for step in 1...steps {
                print(name, step)
                await loop.nextTurn()
            }
            print(name, "done")
        }

        loop.spawn { await walk("long", 3) }
        loop.spawn { await walk("short", 1) }
        loop.queueMicrotask {
            print("microtask")
            loop.nextTick { print("tick of the microtask") }
        }
        loop.nextTick { print("tick of main") }
        loop.setImmediate { print("immediate") }
        print("main")
    }
}
