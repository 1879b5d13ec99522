import UVCore

func timerRearmedInItsPass() -> Int32 {
    EventLoop.run { loop in
        var round = 0

        @LoopActor func again() {
            round += 1
            print("round", round)
            if round == 4 { return }
            loop.setTimeout(.milliseconds(1), again)
            loop.setImmediate { print("immediate after round", round) }
            // The new timer is due.
            busy(.milliseconds(5))
        }

        loop.setTimeout(.milliseconds(1), again)
        loop.setTimeout(.milliseconds(1)) { print("another timer of round 1") }
        busy(.milliseconds(5))
    }
}
