import UVCore

func starvation() -> Int32 {
    EventLoop.run { loop in
        var ticks = 0
        var microtasks = 0
        var immediates = 0
        var io = false
        var timer = false
        FileSystem.stat(".") { _ in io = true }
        loop.setTimeout(.milliseconds(1)) { timer = true }

        @LoopActor func tick() {
            loop.nextTick {
                ticks += 1
                if ticks < 1000 { tick() } else { print("1000 ticks, io", io, "timer", timer) }
            }
        }
        @LoopActor func microtask() {
            loop.queueMicrotask {
                microtasks += 1
                if microtasks < 1000 { microtask() } else { print("1000 microtasks, io", io, "timer", timer) }
            }
        }
        @LoopActor func immediate() {
            loop.setImmediate {
                immediates += 1
                if immediates < 100_000 && !(io && timer) {
                    immediate()
                } else {
                    print("immediates let io and timer through:", io, timer)
                }
            }
        }
        tick()
        microtask()
        immediate()
        busy(.milliseconds(20))
    }
}
