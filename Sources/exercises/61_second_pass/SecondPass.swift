import UVCore

func secondPass() -> Int32 {
    EventLoop.run { loop in
        @LoopActor func first() {
            print("A")
            loop.setTimeout(.milliseconds(1)) { print("B, armed by A") }
            loop.setImmediate {
                print("immediate of A")
                loop.setTimeout(.milliseconds(1), second)
            }
            loop.nextTick {
                print("tick of A: arms no timer")
                // B is due.
                busy(.milliseconds(5))
            }
        }

        @LoopActor func second() {
            print("C")
            loop.setTimeout(.milliseconds(1)) { print("D, armed by C") }
            loop.setImmediate { print("immediate of C") }
            loop.nextTick {
                print("tick of C: arms a timer")
                // D is due.
                busy(.milliseconds(5))
                loop.setTimeout(.milliseconds(50)) { print("E, armed by the tick of C") }
            }
        }

        loop.setTimeout(.milliseconds(1), first)
    }
}
