import UVCore

func cancelledWhileDue() -> Int32 {
    EventLoop.run { loop in
        var b, c, d, f: Timeout?

        loop.setTimeout(.milliseconds(1)) {
            print("A cancels B")
            b?.cancel()
            loop.nextTick {
                print("a tick of A cancels C")
                c?.cancel()
            }
            loop.queueMicrotask {
                print("a microtask of A cancels D")
                d?.cancel()
            }
        }
        b = loop.setTimeout(.milliseconds(1)) { print("B") }
        c = loop.setTimeout(.milliseconds(1)) { print("C") }
        d = loop.setTimeout(.milliseconds(1)) { print("D") }
        loop.setTimeout(.milliseconds(1)) {
            print("E cancels F, which has another delay")
            f?.cancel()
        }
        f = loop.setTimeout(.milliseconds(2)) { print("F") }
        loop.setTimeout(.milliseconds(2)) { print("G") }
        // All are due.
        busy(.milliseconds(10))
    }
}
