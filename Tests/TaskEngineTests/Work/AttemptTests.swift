import Testing

@testable import TaskEngine

@Suite("How attempts end")
struct AttemptTests {
    static let failure = WorkFailure(WorkError(code: "E", message: "no"))

    @Test("A task that fails waits as its policy says, the longer the more often, and at last has failed")
    func backoff() throws {
        var queue = TestQueue()
        try queue.add(1) {
            try $0.set(retryBase: 0.1, factor: 3, max: 2, jitter: 0.2)
            try $0.set(maxAttempts: 5)
        }
        for (attempt, wait) in [(1, 100), (2, 300), (3, 900), (4, 2_000)] {
            let fence = try queue.fence()
            queue.work(.fail(.test(1), fence: fence, Self.failure))
            #expect(
                try queue.workState(1).due == .delay(.milliseconds(wait), since: Timestamp(milliseconds: queue.clock)))
            #expect(try queue.state(1) == .scheduled && queue.workState(1).attempt == attempt)
            #expect(queue.claim().isEmpty)
            try queue.wake(1)
        }
        queue.work(.fail(.test(1), fence: try queue.fence(), Self.failure))
        #expect(try queue.state(1) == .failed && queue.workState(1).attempt == 5)
        #expect(try queue.workState(1).error == Self.failure.error)
        #expect(queue.causes.suffix(3) == [.ready, .claimed, .failed])
        #expect(queue.ledger.brokenInvariant == nil)
    }

    @Test(
        "Chance moves a wait within its bounds, to both of them",
        arguments: [(0, 4_000), (1 << 63, 5_000), (.max, 6_000)] as [(UInt64, Int64)])
    func jitter(random: UInt64, wait: Int64) {
        #expect(RetryPolicy.standard.delay(behind: 1, random: random) == .milliseconds(wait))
    }

    @Test("A failure that is not to be tried again is the end; one that says when is tried then")
    func failureSays() throws {
        var queue = TestQueue()
        try queue.add(1)
        queue.work(.fail(.test(1), fence: try queue.fence(), WorkFailure(WorkError(message: "no"), isRetryable: false)))
        #expect(try queue.state(1) == .failed)
        try queue.add(2)
        let failure = WorkFailure(WorkError(message: "no"), retryAfter: .seconds(77))
        queue.work(.fail(.test(2), fence: try queue.fence(), failure))
        #expect(try queue.workState(2).due == .delay(.seconds(77), since: Timestamp(milliseconds: 1_000)))
        try queue.add(3)
        queue.work(.fail(.test(3), fence: try queue.fence(), WorkFailure(WorkError(message: "no"), retryAfter: .zero)))
        #expect(try queue.state(3) == .ready)
    }

    @Test("An error's message is cut at 1,000 scalars, and kept whole with the last attempt alone")
    func message() throws {
        var queue = TestQueue()
        try queue.add(1)
        let error = WorkError(message: PlainText(String(repeating: "é", count: 1_001)))
        queue.work(.fail(.test(1), fence: try queue.fence(), WorkFailure(error)))
        #expect(try queue.workState(1).error?.message.text.unicodeScalars.count == 1_000)
        #expect(try queue.workState(1).attempts.last?.error?.message.text.unicodeScalars.count == 100)
    }

    @Test("The first lease that runs out gives the old place back, the second waits, the third is the end")
    func stalls() throws {
        var queue = TestQueue()
        for number in 1...3 { try queue.add(number) }
        queue.work(.expire(.test(1), fence: try queue.fence()))
        #expect(try queue.workState(1).stalls == 1)
        let fence = try queue.fence()
        #expect(try queue.state(1) == .running, "it was the first again")
        queue.work(.expire(.test(1), fence: fence))
        #expect(try queue.state(1) == .scheduled && queue.workState(1).stalls == 2)
        queue.clock += 20_000
        try queue.wake(1)
        let last = queue.claim(Claim(worker: "w", limit: 3))
        #expect(last.map(\.id) == [.test(2), .test(3), .test(1)])
        queue.work(.expire(.test(1), fence: try #require(last.last?.work?.lease?.fence)))
        #expect(try queue.state(1) == .failed && (try queue.workState(1).error?.code) == "STALLED")
        #expect(try queue.workState(1).attempt == 3)
    }

    @Test("A renewal ends the row of stalls; so does a failure that was told")
    func renewal() throws {
        var queue = TestQueue()
        try queue.add(1)
        for _ in 0..<5 {
            let fence = try queue.fence()
            queue.work(.renew(.test(1), fence: fence, lease: nil))
            queue.work(.expire(.test(1), fence: fence))
            #expect(try queue.workState(1).stalls == 1 && queue.state(1) == .ready)
        }
        queue.work(.fail(.test(1), fence: try queue.fence(), Self.failure))
        #expect(try queue.workState(1).stalls == 0)
    }

    @Test("A renewal counts also behind a completion that could not be kept; one of a claim that was not kept does not")
    func renewalAndDrop() throws {
        var queue = TestQueue()
        try queue.add(1)
        let fence = try queue.fence()
        queue.work(.expire(.test(1), fence: fence))
        let second = try queue.fence()
        queue.work(.renew(.test(1), fence: second, lease: nil))
        _ = queue.ledger.decide(queue.command(.work(.complete(.test(1), fence: second, result: nil))))
        queue.ledger.drop()
        queue.work(.expire(.test(1), fence: second))
        #expect(try queue.workState(1).stalls == 1)
        let claim = queue.command(.work(.claim(Claim(worker: "w"))))
        let third = queue.ledger.decide(claim).events.first?.sequence ?? 0
        _ = queue.ledger.decide(queue.command(.work(.renew(.test(1), fence: third, lease: nil))))
        queue.ledger.drop()
        #expect(try queue.fence() == third)
        queue.work(.expire(.test(1), fence: third))
        #expect(try queue.workState(1).stalls == 2)
    }

    @Test("The last attempt that runs out, or takes too long, is the end, and says so", arguments: [true, false])
    func last(isTimeout: Bool) throws {
        var queue = TestQueue()
        try queue.add(1) { try $0.set(maxAttempts: 1) }
        let fence = try queue.fence()
        queue.work(isTimeout ? .timeOut(.test(1), fence: fence) : .expire(.test(1), fence: fence))
        #expect(try queue.state(1) == .failed)
        #expect(try queue.workState(1).error?.code == (isTimeout ? "TIMED_OUT" : "LEASE_EXPIRED"))
        #expect(
            queue.work(.complete(.test(1), fence: fence, result: nil))
                == .refused(.leaseLost(.test(1), .failed, fence: nil)))
    }

    @Test("A clock that asks too late changes nothing")
    func lateClock() throws {
        var queue = TestQueue()
        try queue.add(1)
        let fence = try queue.fence()
        queue.work(.complete(.test(1), fence: fence, result: nil))
        let count = queue.log.count
        for command: WorkCommand in [
            .expire(.test(1), fence: fence), .timeOut(.test(1), fence: fence), .undeliver(.test(1), fence: fence),
            .wake(.test(1), due: .instant(Timestamp(milliseconds: 0))), .expire(.test(9), fence: 1),
        ] { #expect(queue.work(command) == .swept(hasMore: false)) }
        #expect(queue.log.count == count)
    }

    @Test("Released or not delivered, the attempt and the place are given back", arguments: [true, false])
    func release(isDelivered: Bool) throws {
        var queue = TestQueue()
        for number in 1...2 { try queue.add(number) }
        let fence = try queue.fence()
        queue.work(isDelivered ? .release(.test(1), fence: fence, delay: .zero) : .undeliver(.test(1), fence: fence))
        #expect(try queue.workState(1).attempt == 0 && queue.causes.last == (isDelivered ? .released : .undelivered))
        #expect(queue.claim().map(\.id) == [.test(1)])
        #expect(try queue.workState(1).attempts.count == 1)
    }

    @Test("Released with a delay, it waits, and has lost its place")
    func delayed() throws {
        var queue = TestQueue()
        for number in 1...2 { try queue.add(number) }
        queue.work(.release(.test(1), fence: try queue.fence(), delay: .seconds(3)))
        #expect(try queue.state(1) == .scheduled && queue.workState(1).attempt == 0)
        try queue.wake(1)
        #expect(queue.claim().map(\.id) == [.test(2)])
    }

    @Test("The last 20 attempts are kept")
    func attempts() throws {
        var queue = TestQueue()
        try queue.add(1)
        for _ in 0..<25 { queue.work(.release(.test(1), fence: try queue.fence(), delay: .zero)) }
        let attempts = try queue.workState(1).attempts
        #expect(attempts.count == 20 && attempts.map(\.fence) == attempts.map(\.fence).sorted())
    }

    @Test("A wait ends by itself alone, and a clock set back keeps the order")
    func wake() throws {
        var queue = TestQueue()
        try queue.add(1) { try $0.set(delay: 5) }
        queue.clock = 500
        try queue.add(2)
        let since = try queue.task(1).since
        #expect(try queue.task(2).since.at == since.at)
        let begin = Timestamp(milliseconds: 1_000)
        queue.work(.wake(.test(1), due: .delay(.seconds(4), since: begin)))
        #expect(try queue.state(1) == .scheduled)
        queue.work(.wake(.test(1), due: .delay(.seconds(5), since: begin)))
        #expect(try queue.state(1) == .ready && queue.causes == [.ready])
        #expect(queue.claim(Claim(worker: "w", limit: 2)).map(\.id) == [.test(2), .test(1)])
    }
}
