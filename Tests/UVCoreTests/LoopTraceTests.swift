import LoopTesting
import Testing
import UVCore

@Suite struct LoopTraceTests {
    @Test("Callbacks are written down in their order, with the queues that drained behind each")
    func order() async {
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            loop.nextTick {
                let tracer = loop.monitor.startTrace()
                loop.setImmediate {
                    loop.nextTick { loop.queueMicrotask { loop.nextTick {} } }
                }
                loop.setTimeout(.milliseconds(20)) {
                    clock.advance(by: .milliseconds(5))
                    loop.queueMicrotask { clock.advance(by: .milliseconds(2)) }
                }
                loop.setTimeout(.milliseconds(40)) {
                    let turns = tracer.read().turns
                    let callbacks = turns.flatMap(\.callbacks)
                    #expect(callbacks.map(\.kind) == [.immediate, .timeout])
                    #expect(callbacks.map(\.phase) == [.check, .timers])
                    #expect(callbacks.map(\.ticks) == [2, 0] && callbacks.map(\.microtasks) == [1, 1])
                    #expect(callbacks.map(\.start) == [.zero, .milliseconds(20)])
                    #expect(callbacks.map(\.length) == [.zero, .milliseconds(7)])
                    #expect(turns.map(\.wokenBy).first == .immediates)
                    #expect(turns.compactMap(\.iteration) == Array(1...UInt64(turns.count)))
                    tracer.stop()
                    #expect(tracer.read().turns.isEmpty)
                }
            }
        }
    }

    @Test("What ends a poll is told: an event, a timeout, or that it did not wait")
    func wake() async {
        _ = await withLoop { loop in
            let tracer = loop.monitor.startTrace()
            let begin = ContinuousClock.now
            loop.setTimeout(.milliseconds(30)) {
                let asleep = tracer.read().turns.filter { $0.slept >= .milliseconds(20) }
                #expect(asleep.map(\.wokenBy) == [.timeout])
                #expect(asleep.allSatisfy { $0.slept <= ContinuousClock.now - begin })
                try loop.workers.run { _ in
                } then: { _ in
                    loop.setImmediate {
                        let woken = tracer.read().turns.first { !$0.callbacks.isEmpty && $0.callbacks[0].kind == .work }
                        #expect(woken?.wokenBy == .event(.work))
                        tracer.stop()
                    }
                }
            }
        }
    }

    @Test("The ring is bounded, and says what it has lost")
    func bounded() async {
        _ = await withLoop { loop in
            let (first, second) = (loop.monitor.startTrace(), loop.monitor.startTrace())
            var left = LoopTracer.capacity
            @LoopActor func next() {
                left -= 1
                if left > 0 { return _ = loop.setImmediate(next) }
                let trace = first.read()
                let again = first.read()
                let records = trace.turns.count + trace.turns.map(\.callbacks.count).reduce(0, +)
                // The turn of the earliest callback may be lost, which then has one made up for it.
                #expect(records - LoopTracer.capacity <= 1 && records >= LoopTracer.capacity)
                #expect(trace.lost > 0 && again.turns.isEmpty && again.lost == 0)
                first.stop()
                first.stop()
                #expect(second.read().lost == trace.lost)
                second.stop()
            }
            loop.setImmediate(next)
        }
    }

    @Test("What is not traced is not written down")
    func off() async {
        _ = await withLoop { loop in
            loop.monitor.startTrace().stop()
            loop.setImmediate {
                let tracer = loop.monitor.startTrace()
                #expect(tracer.read().turns.isEmpty)
                tracer.stop()
            }
        }
    }

    @Test("Ticks and microtasks are counted always")
    func counts() async {
        _ = await withLoop { loop in
            loop.setImmediate {
                let before = loop.monitor.counts
                loop.nextTick { loop.nextTick {} }
                loop.queueMicrotask {}
                loop.setImmediate {
                    #expect(loop.monitor.counts.ticks - before.ticks == 2)
                    #expect(loop.monitor.counts.microtasks - before.microtasks == 1)
                }
            }
        }
    }
}
