import UVCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// What the parts of the event loop cost, in nanoseconds of processor time: a line "what, tab, nanoseconds" each.
/// `Benchmarks/node/loop.js` does the same in Node.
@main
@LoopActor
struct LoopBenchmark {
    let loop: EventLoop

    nonisolated static func main() {
        let many = CommandLine.arguments.contains("--quick") ? 200_000 : 1_000_000
        EventLoop.main { loop in loop.spawn { try await LoopBenchmark(loop: loop).run(many) } }
    }

    private func run(_ many: Int) async throws {
        await measure("nextTick", many) { chain(many, { loop.nextTick($0) }, $0) }
        await measure("queueMicrotask", many) { chain(many, { loop.queueMicrotask($0) }, $0) }
        await measure("setImmediate, 1,000 a turn", many) { batches(many / 1_000, $0) }
        await measure("setImmediate, one a turn", many / 10) { chain(many / 10, { loop.setImmediate($0) }, $0) }
        for (armed, label) in [(100, "100"), (100_000, "100,000")] {
            let timeouts = (0..<armed).map { loop.setTimeout(.milliseconds(60_000 + $0 % 100)) {} }
            await measure("timeout armed and cancelled, \(label) armed", many) { armAndCancel(many, $0) }
            await measure("timeout armed and fired, \(label) armed", many / 10) { armAndFire(many / 10_000, $0) }
            for timeout in timeouts { timeout.cancel() }
        }
        await measure("await resumed", many) { done in
            loop.spawn {
                for _ in 0..<many { await loop.nextTurn() }
                done()
            }
        }
    }

    private func measure(_ what: String, _ count: Int, _ work: (@escaping () -> Void) -> Void) async {
        for isLast in [false, true] {
            let before = processorNanoseconds()
            await withUnsafeContinuation { continuation in work { continuation.resume() } }
            if isLast { print("\(what)\t\(Double(processorNanoseconds() - before) / Double(count))") }
        }
    }

    private func chain(_ count: Int, _ schedule: @escaping (@escaping () -> Void) -> Void, _ done: @escaping () -> Void)
    {
        var left = count
        func next() {
            left -= 1
            if left == 0 { done() } else { schedule(next) }
        }
        next()
    }

    /// Turns of the loop with a thousand immediates each.
    private func batches(_ turns: Int, _ done: @escaping () -> Void) {
        guard turns > 0 else { return done() }
        for _ in 1..<1_000 { loop.setImmediate {} }
        loop.setImmediate { batches(turns - 1, done) }
    }

    /// Arms and cancels timeouts of a duration in use.
    private func armAndCancel(_ count: Int, _ done: () -> Void) {
        for index in 0..<count { loop.setTimeout(.milliseconds(60_000 + index % 100)) {}.cancel() }
        done()
    }

    /// Arms timeouts a thousand at a time and lets them fire.
    private func armAndFire(_ rounds: Int, _ done: @escaping () -> Void) {
        guard rounds > 0 else { return done() }
        for _ in 1..<1_000 { loop.setTimeout(.milliseconds(1)) {} }
        loop.setTimeout(.milliseconds(1)) { armAndFire(rounds - 1, done) }
    }

    /// What the process has had of a processor, in user and kernel mode.
    private func processorNanoseconds() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
