import UVCore

func refresh() -> Int32 {
    EventLoop.run { loop in
        let a = loop.setTimeout(.milliseconds(20)) { print("a") }
        let b = loop.setTimeout(.milliseconds(20)) { print("b") }
        loop.setTimeout(.milliseconds(20)) { print("c") }
        a.refresh()
        loop.setTimeout(.milliseconds(20)) { print("d") }
        b.refresh()

        var calls = 0
        var e: Timeout?
        e = loop.setTimeout(.milliseconds(20)) {
            calls += 1
            print("e, call", calls)
            if calls < 3 { e?.refresh() }
        }

        let f = loop.setTimeout(.milliseconds(20)) { print("f") }
        f.cancel()
        f.refresh()
    }
}
