import UVCore

func oneTurn() -> Int32 {
    EventLoop.run { loop in
        @LoopActor func chain(_ turn: Int) {
            print("  turn", turn)
            if turn < 4 { return loop.queueMicrotask { chain(turn + 1) } }
            busy(.milliseconds(10))
        }

        loop.spawn {
            print("begins")
            await loop.nextTurn()
            print("after null")
            await loop.nextTurn()
            print("after null again")
            _ = try await DNS.lookup("127.0.0.1")
            print("after the lookup of a number")

            try await loop.sleep(.milliseconds(1))
            print("after sleep")
            await loop.nextCheck()
            print("after check")
        }
        loop.queueMicrotask { chain(0) }

        loop.setTimeout(.milliseconds(1)) {
            print("timer")
            loop.setImmediate { print("immediate") }
        }
    }
}
