import LoopTesting
import Testing
import UVCore

@Suite("Timeouts against a model without any cleverness")
struct TimerModelTests {
    @Test("Random programs of arm, cancel, refresh, ref, ticks and time fire in the model's order", arguments: 0..<10)
    func random(block: UInt64) async {
        var fired = 0
        for seed in block * 30..<block * 30 + 30 {
            nonisolated(unsafe) var (real, expected): ([String], [String]) = ([], [])
            _ = await withLoop(clock: .manual(ManualClock())) { _ in
                let model = ModelTimers()
                let program = RandomTimerProgram(seed: seed, in: model)
                model.fire = program.fire
                model.run(program.start)
                expected = program.log
                model.fire = { _ in }
            }
            let clock = ManualClock()
            let code = await withLoop(clock: .manual(clock)) { loop in
                let timers = RealTimers(loop, clock)
                let program = RandomTimerProgram(seed: seed, in: timers)
                timers.fire = program.fire
                loop.onExit = { _ in
                    real = program.log
                    timers.letGo()
                }
                program.start()
            }
            fired += expected.count
            #expect(real == expected, "seed \(seed)")
            #expect(code == 0)
        }
        #expect(fired > 30 * 50, "the programs do something")
    }

    @Test("Cancelling and arming inside callbacks keeps a list whole, wherever the caller stands in it")
    func changesInside() async {
        for position in 0..<5 {
            for victim in 0..<5 {
                let log = Log()
                let clock = ManualClock()
                _ = await withLoop(clock: .manual(clock)) { loop in
                    var timeouts: [Timeout] = []
                    for number in 0..<5 {
                        timeouts.append(
                            loop.setTimeout(.milliseconds(3)) {
                                log("\(number)")
                                guard number == position else { return }
                                timeouts[victim].cancel()
                                loop.setTimeout(.milliseconds(3)) { log("new") }
                            })
                    }
                    clock.advance(by: .milliseconds(10))
                    loop.onExit = { _ in timeouts = [] }
                }
                let expected = (0..<5).filter { $0 != victim || $0 <= position }.map { "\($0)" } + ["new"]
                #expect(log.lines == expected, "\(victim) cancelled by \(position)")
            }
        }
    }

    @Test("An interval may refresh, unref, hold up and cancel itself")
    func intervals() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            var calls = 0
            var interval: Timeout?
            interval = loop.setInterval(.milliseconds(10)) {
                calls += 1
                log("\(calls) at \(clock.milliseconds)")
                switch calls {
                case 1: interval?.refresh()
                case 2: interval?.unref()
                case 3: clock.advance(by: .milliseconds(25))
                default:
                    interval?.cancel()
                    interval?.refresh()
                    interval = nil
                }
            }
            // Longer than the interval needs, which by itself would not keep the loop alive.
            loop.setTimeout(.milliseconds(100)) { log("once") }
        }
        #expect(log.lines == ["1 at 10", "2 at 20", "3 at 30", "4 at 56", "once"])
    }

    @Test("Many timeouts of many delays are armed, cancelled half, and fire on time")
    func many() async {
        let clock = ManualClock()
        nonisolated(unsafe) var fired: [Int64: Int] = [:]
        nonisolated(unsafe) var late = 0
        _ = await withLoop(clock: .manual(clock)) { loop in
            var timeouts: [Timeout] = []
            for number in 0..<20_000 {
                let delay = Int64(number % 997 + 1)
                timeouts.append(
                    loop.setTimeout(.milliseconds(delay)) {
                        fired[delay, default: 0] += 1
                        if clock.milliseconds != delay { late += 1 }
                    })
            }
            for (number, timeout) in timeouts.enumerated() where number % 2 == 0 { timeout.cancel() }
        }
        #expect(fired.values.reduce(0, +) == 10_000 && late == 0)
    }

    @Test("On the system's clock a timeout is never early")
    func neverEarly() async {
        nonisolated(unsafe) var waits: [Duration] = []
        _ = await withLoop { loop in
            for _ in 0..<20 {
                let start = ContinuousClock.now
                loop.setTimeout(.milliseconds(10)) { waits.append(ContinuousClock.now - start) }
            }
        }
        // The loop's clock has whole milliseconds: the one that had begun counts as a whole.
        #expect(waits.count == 20 && waits.allSatisfy { $0 > .milliseconds(9) })
    }

    @Test("A manual clock stands still while something else could call back, and jumps when nothing could")
    func manualClock() async {
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { loop in
            clock.advance(by: .milliseconds(-5))
            log("\(clock.milliseconds)")
            loop.setTimeout(.seconds(10)) { log("timeout at \(clock.milliseconds)") }
            FileSystem.stat("/") { _ in
                log("file at \(clock.milliseconds)")
                clock.advance(by: .milliseconds(1_500))
                loop.setImmediate { log("immediate at \(clock.milliseconds)") }
            }
        }
        #expect(log.lines == ["0", "file at 0", "immediate at 1500", "timeout at 10000"])
        #expect(await withLoop(clock: .manual(clock)) { _ in } == 0)
    }
}

@LoopActor
private final class RealTimers: TimerWorld {
    var fire: (Int) -> Void = { _ in }
    private let loop: EventLoop
    private let clock: ManualClock
    private var timeouts: [Timeout] = []

    init(_ loop: EventLoop, _ clock: ManualClock) {
        self.loop = loop
        self.clock = clock
    }

    var now: Int64 { clock.milliseconds }

    func arm(milliseconds: Int64, repeats: Bool) {
        let number = timeouts.count
        let callback = { [self] in fire(number) }
        let delay = Duration.milliseconds(milliseconds)
        timeouts.append(repeats ? loop.setInterval(delay, callback) : loop.setTimeout(delay, callback))
    }

    func cancel(_ number: Int) { timeouts[number].cancel() }

    func refresh(_ number: Int) { timeouts[number].refresh() }

    func setReferenced(_ number: Int, _ isReferenced: Bool) {
        if isReferenced { timeouts[number].ref() } else { timeouts[number].unref() }
    }

    func advance(by milliseconds: Int64) { clock.advance(by: .milliseconds(milliseconds)) }

    func nextTick(_ tick: @escaping () -> Void) { loop.nextTick(tick) }

    func letGo() {
        timeouts = []
        fire = { _ in }
    }
}
