import LoopTesting
import Testing
import UVCore

@Suite struct LoopMonitorTests {
    /// Exercise 50: the same program as in Node, the same ranges.
    @Test("Idle and busy times are told apart as in Node")
    func utilization() async {
        let code = await withLoop { loop in
            let monitor = loop.monitor
            monitor.measureIdleTime()
            #expect(monitor.eventLoopUtilization() == .zero && LoopUtilization.zero.utilization == 0)
            loop.setTimeout(.milliseconds(20)) {
                let before = monitor.eventLoopUtilization()
                loop.setTimeout(.milliseconds(100)) {
                    let quiet = monitor.eventLoopUtilization(since: before)
                    #expect(quiet.idle > .milliseconds(80))
                    #expect(abs(quiet.utilization - quiet.active / (quiet.idle + quiet.active)) < 1e-9)
                    let beforeWork = monitor.eventLoopUtilization()
                    busy(.milliseconds(60))
                    let work = monitor.eventLoopUtilization(since: beforeWork)
                    #expect(work.idle == .zero && work.active >= .milliseconds(59) && work.utilization == 1)
                    let both = monitor.eventLoopUtilization(monitor.eventLoopUtilization(), since: beforeWork)
                    #expect(both.idle == .zero && both.active >= .milliseconds(59))
                }
            }
        }
        #expect(code == 0)
    }

    @Test("Nothing is told unless it is measured, and what is measured late begins late")
    func optIn() async {
        _ = await withLoop { loop in
            loop.setTimeout(.milliseconds(30)) {
                #expect(loop.monitor.eventLoopUtilization() == .zero)
                loop.monitor.measureIdleTime()
                loop.monitor.measureIdleTime()
                loop.setTimeout(.milliseconds(300)) {
                    let now = loop.monitor.eventLoopUtilization()
                    #expect(now.idle > .milliseconds(20) && now.idle + now.active < .seconds(5))
                }
            }
        }
    }

    @Test("Samples of the delay include the period, exactly")
    func delay() async {
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            let delay = loop.monitor.eventLoopDelay(resolution: .milliseconds(10))
            #expect(delay.enable() && !delay.enable())
            #expect(delay.count == 0 && delay.min == .zero && delay.max == .zero && delay.mean == .zero)
            loop.setTimeout(.milliseconds(105)) {
                // The first call has nothing to measure from.
                #expect(delay.count == 9 && delay.min == .milliseconds(10) && delay.max == .milliseconds(10))
                #expect(delay.mean == .milliseconds(10) && delay.stddev == .zero)
                #expect(delay.percentile(50) == .milliseconds(10) && delay.exceeds == 0)
                delay.reset()
                #expect(delay.count == 0)
                loop.setTimeout(.milliseconds(20)) {
                    clock.advance(by: .milliseconds(80))
                    loop.setTimeout(.milliseconds(30)) {
                        #expect(delay.max >= .milliseconds(75) && delay.max <= .milliseconds(90))
                        #expect(delay.disable() && !delay.disable())
                        let count = delay.count
                        loop.setTimeout(.milliseconds(50)) { #expect(delay.count == count) }
                    }
                }
            }
        }
    }

    @Test("A delay of more than an hour is counted apart")
    func exceeds() async {
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            let delay = loop.monitor.eventLoopDelay()
            delay.enable()
            loop.setTimeout(.milliseconds(15)) { clock.advance(by: .seconds(3_601)) }
            loop.setTimeout(.seconds(3_602)) { #expect(delay.exceeds == 1) }
        }
    }

    @Test("Watching the delay does not keep the loop alive")
    func unreferenced() async {
        let clock = ManualClock()
        let log = Log()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.monitor.eventLoopDelay().enable()
            loop.onExit = { _ in log("ended at \(clock.milliseconds)") }
        }
        #expect(log.lines == ["ended at 0"])
    }

    @Test("By the machine's clock a sample spans what has blocked the loop, and is no callback of the program")
    func delayByTheMachinesClock() async {
        _ = await withLoop { loop in
            let delay = loop.monitor.eventLoopDelay(resolution: .milliseconds(2))
            var looks = 0
            @LoopActor func after(samples: Int, _ then: @escaping () -> Void) {
                loop.setTimeout(.milliseconds(10)) {
                    looks += 1
                    if delay.count < samples { after(samples: samples, then) } else { then() }
                }
            }

            #expect(delay.enable() && !delay.enable())
            after(samples: 1) {
                busy(.milliseconds(30))
                after(samples: delay.count + 1) {
                    #expect(delay.min >= .milliseconds(1) && delay.max >= .milliseconds(30))
                    #expect(delay.disable() && !delay.disable())
                    let count = delay.count
                    loop.setTimeout(.milliseconds(10)) {
                        #expect(delay.count == count && delay.enable())
                        // Of the program's own there were the timeouts alone.
                        #expect(loop.monitor.counts.callbacks.timers == looks + 1)
                    }
                }
            }
        }
    }

    @Test("A delay monitor's handle is gone when it is disabled, and when the loop has ended")
    func delayHandle() async {
        await withLoopTurn {
            nonisolated(unsafe) var kept: DelayMonitor?
            _ = EventLoop.run { loop in
                let delay = loop.monitor.eventLoopDelay()
                kept = delay
                delay.enable()
                #expect(loop.monitor.handleCount == 5)
                delay.disable()
                #expect(loop.monitor.handleCount == 4)
                delay.enable()
                loop.setTimeout(.milliseconds(1)) { #expect(loop.monitor.handleCount == 5) }
            }
            _ = EventLoop.run { loop in
                #expect(kept?.enable() == false && kept?.disable() == false)
                #expect(loop.monitor.handleCount == 4)
                kept = nil
            }
        }
    }

    @Test("Callbacks are counted in the phase that has called them")
    func counts() async {
        _ = await withLoop { loop in
            let before = loop.monitor.counts
            #expect(before.iterations == 0 && before.callbacks.check == 0)
            for _ in 0..<3 { loop.setTimeout(.milliseconds(1)) {} }
            for _ in 0..<5 { loop.setImmediate {} }
            for _ in 0..<7 { FileSystem.stat("/") { _ in } }
            loop.setTimeout(.milliseconds(50)) {
                let counts = loop.monitor.counts
                #expect(counts.callbacks.timers == 4 && counts.callbacks.check == 5)
                #expect(counts.callbacks.poll == 7 && counts.callbacks.closing == 0)
                #expect(counts.iterations > 0)
            }
        }
    }

    @Test("The end of a handle is counted as closing")
    func closing() async {
        _ = await withLoop { loop in
            let server = Server { $0.destroy() }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                Socket.connect(port: port).onClose = { _ in
                    server.close { loop.setImmediate { #expect(loop.monitor.counts.callbacks.closing == 2) } }
                }
            }
        }
    }

    @Test("A loop with nothing of the program's own has four handles, and buffers of its own")
    func handles() async {
        _ = await withLoop { loop in
            #expect(loop.monitor.handleCount == 4 && loop.monitor.bufferedBytes >= 65_536)
            #expect(ProcessMemory.now().resident > 1_000_000)
            let server = Server { _ in }
            server.listen(port: 0) {
                // One that has the address, and one that accepts.
                #expect(loop.monitor.handleCount == 6)
                server.close()
            }
        }
    }
}

private func busy(_ duration: Duration) {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {}
}
