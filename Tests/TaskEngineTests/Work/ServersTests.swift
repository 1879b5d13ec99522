import Testing

@testable import TaskEngine

@Suite("Leases on a log that several servers write to")
struct ServersTests {
    /// A task that server 1 has given a worker, and that comes to server 2 next.
    private func claimed(_ claim: Claim = Claim(worker: "w", key: "k"), count: Int = 1) throws -> (TestQueue, Int) {
        var queue = TestQueue()
        queue.ledger.server = 1
        for number in 1...count { try queue.add(number) }
        let fence = try #require(queue.claim(claim).first?.work?.lease?.fence)
        queue.ledger.server = 2
        return (queue, fence)
    }

    private func renew(_ fence: Int, _ lease: Duration? = nil) -> WorkCommand {
        .renew(.test(1), fence: fence, lease: lease)
    }

    @Test("A claim's lease has the number of its server, which is 0 where there is one")
    func claim() throws {
        let (queue, _) = try claimed()
        #expect(try queue.workState(1).lease?.server == 1)
        var plain = TestQueue()
        try plain.add(1)
        #expect(plain.claim().first?.work?.lease?.server == 0)
        #expect(TaskLedger(server: 3).server == 3)
    }

    @Test("Renewed at another server the lease is that one's, by an event; renewed there again it is none")
    func renewal() throws {
        var (queue, fence) = try claimed()
        let (count, former) = (queue.log.count, try queue.workState(1))
        queue.clock = 5_000
        let outcome = queue.work(renew(fence))
        let event = try #require(queue.log.last)
        #expect(queue.log.count == count + 1 && event.cause == nil && event.key == nil)
        let task = try queue.task(1)
        #expect(outcome == .renewed(task, isCancelRequested: false))
        #expect(event.change == .updated(task, changes: [.lease]))
        var expected = former
        expected.lease?.server = 2
        expected.lease?.isRenewed = true
        #expect(task.work == expected && task.revision == event.sequence && task.updatedAt.milliseconds == 5_000)
        #expect(queue.ledger.brokenInvariant == nil)
        queue.work(renew(fence))
        #expect(queue.log.count == count + 1)
        queue.ledger.server = 1
        queue.work(renew(fence))
        #expect(queue.log.count == count + 2, "it has gone back")
        #expect(try queue.workState(1).lease?.server == 1)
    }

    @Test("A renewal that moves the lease gives it the length that it asks for, shorter or longer", arguments: [5, 40])
    func length(seconds: Int) throws {
        var (queue, fence) = try claimed()
        queue.work(renew(fence, .seconds(seconds)))
        #expect(try queue.workState(1).lease?.length == .seconds(seconds))
        #expect(try queue.workState(1).lease?.server == 2)
    }

    @Test("Another fence's renewal moves nothing")
    func otherFence() throws {
        var (queue, fence) = try claimed()
        let count = queue.log.count
        #expect(queue.work(renew(fence + 1)) == .refused(.leaseLost(.test(1), .running, fence: fence)))
        #expect(queue.log.count == count)
        #expect(try queue.workState(1).lease?.server == 1)
    }

    @Test("A claim that is asked for again at another server gets the same tasks and fences, an event each, once")
    func replay() throws {
        let claim = Claim(worker: "w", limit: 2, key: "k")
        var (queue, fence) = try claimed(claim, count: 3)
        let count = queue.log.count
        guard case .claimed(let tasks, isReplayed: true) = queue.work(.claim(claim)) else {
            throw TestFailure("it is no replay")
        }
        #expect(tasks.map(\.task) == [try queue.task(1), try queue.task(2)])
        #expect(tasks.map { $0.task.work?.lease?.fence } == [fence, fence + 1])
        #expect(tasks.allSatisfy { $0.task.work?.lease?.server == 2 && $0.task.work?.lease?.isRenewed == false })
        #expect(tasks.allSatisfy { $0.task.work?.attempt == 1 })
        let events = queue.log.dropFirst(count)
        #expect(events.map(\.change) == tasks.map { .updated($0.task, changes: [.lease]) })
        #expect(events.allSatisfy { $0.cause == nil })
        #expect(queue.work(.claim(claim)) == .claimed(tasks, isReplayed: true))
        #expect(queue.log.count == count + 2)
        #expect(queue.ledger.brokenInvariant == nil)
    }

    @Test("Of a claim that has gone to two servers in parts, the part that is another's comes here")
    func partlyMoved() throws {
        let claim = Claim(worker: "w", limit: 2, key: "k")
        var (queue, fence) = try claimed(claim, count: 2)
        queue.work(renew(fence))
        let count = queue.log.count
        guard case .claimed(let tasks, isReplayed: true) = queue.work(.claim(claim)) else {
            throw TestFailure("it is no replay")
        }
        #expect(tasks.map(\.task.id) == [.test(1), .test(2)])
        #expect(queue.log.dropFirst(count).map(\.taskID) == [.test(2)])
    }

    @Test("A lease runs out for the server that keeps it, whichever asks; for another one it does not")
    func expiry() throws {
        for asker in [1, 2, 3] {
            var (queue, fence) = try claimed()
            queue.ledger.server = asker
            let count = queue.log.count
            queue.work(.expire(.test(1), fence: fence, keeper: 2))
            #expect(queue.log.count == count)
            for _ in 0..<2 { queue.work(.expire(.test(1), fence: fence, keeper: 1)) }
            #expect(queue.log.count == count + 1 && queue.causes.last == .expired)
        }
    }

    @Test("A lease that another server was asked to renew does not run out for the one that kept it")
    func movedExpiry() throws {
        var (queue, fence) = try claimed()
        queue.work(renew(fence))
        let count = queue.log.count
        queue.work(.expire(.test(1), fence: fence, keeper: 1))
        #expect(queue.log.count == count)
        queue.work(.expire(.test(1), fence: fence, keeper: 2))
        #expect(queue.causes.last == .expired)
        #expect(try queue.workState(1).stalls == 1, "it was renewed: the first of a row")
    }

    @Test("The time-out is the attempt's, whichever server keeps the lease")
    func timeout() throws {
        var (queue, fence) = try claimed()
        queue.work(renew(fence))
        queue.work(.timeOut(.test(1), fence: fence))
        #expect(queue.causes.last == .timedOut)
    }

    @Test("An answer that could not be written gives nothing back that another server has given again since")
    func undelivered() throws {
        var (queue, fence) = try claimed()
        _ = queue.claim(Claim(worker: "w", key: "k"))
        let count = queue.log.count
        queue.work(.undeliver(.test(1), fence: fence, keeper: 1))
        #expect(queue.log.count == count)
        queue.work(.undeliver(.test(1), fence: fence, keeper: 2))
        #expect(queue.causes.last == .undelivered)
        #expect(try queue.workState(1).attempt == 0)
    }

    @Test("A worker ends its task by its fence at any server")
    func ends() throws {
        for call in FenceTests.Call.allCases {
            var (queue, fence) = try claimed()
            if case .refused(let error) = queue.work(call.command(fence)) { throw TestFailure("\(error)") }
        }
    }

    @Test("Dropped, a lease was never moved; decided anew behind another server's event, it is what that allows")
    func dropped() throws {
        var (queue, fence) = try claimed()
        let command = queue.command(.work(renew(fence)))
        #expect(queue.ledger.decide(command).events.count == 1)
        queue.ledger.drop()
        #expect(try queue.workState(1).lease?.server == 1)
        #expect(queue.ledger.brokenInvariant == nil)
        // The server that keeps it says that it has run out, and does so first.
        var other = queue.ledger
        other.server = 1
        let expiry = other.decide(queue.command(.work(.expire(.test(1), fence: fence, keeper: 1))))
        for event in expiry.events { try queue.ledger.follow(event) }
        #expect(queue.ledger.decide(command).outcome == .refused(.leaseLost(.test(1), .ready, fence: nil)))
    }

    @Test("A lease that two servers were asked to renew at once is the later one's, and has one keeper")
    func both() throws {
        var (queue, fence) = try claimed()
        var third = queue.ledger
        third.server = 3
        let first = third.decide(queue.command(.work(renew(fence))))
        for event in first.events { try queue.ledger.follow(event) }
        queue.work(renew(fence))
        #expect(try queue.workState(1).lease?.server == 2)
        for keeper in [1, 3] {
            queue.work(.expire(.test(1), fence: fence, keeper: keeper))
            #expect(try queue.state(1) == .running)
        }
    }
}
