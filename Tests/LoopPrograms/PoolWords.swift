import UVCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The words of the thread pool.
@LoopActor
struct PoolWords: Vocabulary {
    let run: ProgramRun
    let loop: EventLoop

    init(of run: ProgramRun, on loop: EventLoop) {
        (self.run, self.loop) = (run, loop)
    }

    var words: [Substring: (Substring) throws -> Void] {
        let (run, loop) = (run, loop)
        return [
            "job": { target in
                try loop.workers.run({ _ in }, then: { _ in try run.call(target) })
                run.letTimePass(milliseconds: 50)
            },
            "long-job": { target in
                try loop.workers.run(Self.work, then: { _ in try run.call(target) })
            },
            "name": { target in
                DNS.lookup("localhost") { _ in try run.call(target) }
                run.letTimePass(milliseconds: 50)
            },
            "number": { target in DNS.lookup("127.0.0.1") { _ in try run.call(target) } },
        ]
    }

    /// Takes 300 ms of a processor, however many others want it.
    private nonisolated static func work(_ job: WorkerJob) {
        while processorMilliseconds < 300, !job.isCancelled {}
    }

    /// What the calling thread has used. The pool's one thread has used next to nothing before.
    private nonisolated static var processorMilliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    }
}
