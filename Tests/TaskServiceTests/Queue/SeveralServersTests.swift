import LoopTesting
import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("The work queue on a log that several servers write to")
struct SeveralServersTests {
    private let renewal = TaskCommand.Action.work(.renew(.queued(1), fence: 2, lease: nil))

    /// The task 1, given to a worker by this server, or by the other one.
    private func lease(isOwn: Bool = true) throws -> [QueueStep] {
        let create = try TaskCommand.Action.create(1)
        guard isOwn else { return writing(create, .claim) }
        return [
            { world in
                world.submit(create)
                world.submit(.claim)
            }
        ] + keeping
    }

    @Test("An event says where it was decided, a lease which server gave it, also under another number since")
    func origins() async throws {
        let others = writing(try .create(2), try .create(3))
        await withQueue(
            try lease() + [{ world in #expect(world.task(1)?.work?.lease?.server == 5) }] + others + [
                { world in
                    #expect(world.told.map(\.origin) == [.own, .own, .other, .other])
                    world.log.server = 7
                    world.submit(.work(.claim(Claim(worker: "v"))))
                    world.submit(renewal)
                }
            ] + keeping + [
                { world in
                    #expect(world.task(2)?.work?.lease?.server == 7)
                    #expect(world.task(1)?.work?.lease?.server == 7)
                    #expect(world.told.suffix(2).map(\.origin) == [.own, .own])
                }
            ])
    }

    @Test("What is decided anew behind other servers' events has the number that the server has by then")
    func renumbered() async throws {
        let (create, other) = (try TaskCommand.Action.create(1), try TaskCommand.Action.create(9))
        await withQueue(
            [
                { world in
                    world.submit(create)
                    world.submit(.claim)
                },
                { world in
                    world.log.server = 7
                    world.write([other])
                },
            ] + keeping + [
                { world in
                    #expect(world.board.store.count == 2)
                    let leases = world.board.store.tasks().compactMap { $0.work?.lease?.server }
                    #expect(leases == [7])
                }
            ])
    }

    @Test("A lease that this server has given is its own to end; one that was renewed at another server is not")
    func moved() async throws {
        for isMoved in [false, true] {
            await withQueue(
                try lease() + (isMoved ? writing(renewal) : []) + waiting(.milliseconds(5_001)) + keeping
                    + [{ world in #expect(world.causes.contains(.expired) == !isMoved) }])
        }
    }

    @Test("The end of a lease that is asked for while another server renews it is not told")
    func movedMeanwhile() async throws {
        await withQueue(
            try lease() + waiting(.milliseconds(5_001)) + [
                { world in
                    #expect(world.causes.last == .expired && world.log.isAsked)
                    world.write([renewal])
                }
            ] + keeping + waiting(.seconds(60)) + keeping + [
                { world in
                    #expect(world.task(1)?.work?.lease?.server == 2)
                    #expect(world.told.last?.event.cause == nil && world.told.last?.origin == .other)
                }
            ])
    }

    @Test("A lease of another server ends here when that one has died, and its full length is over")
    func death() async throws {
        let look: QueueStep = { world in #expect(!world.causes.contains(.expired)) }
        await withQueue(
            try lease(isOwn: false) + waiting(.seconds(60)) + keeping + [look, { $0.log.die(2) }]
                + waiting(.milliseconds(4_999)) + keeping + [look] + waiting(.milliseconds(3)) + keeping
                + [{ world in #expect(world.task(1)?.work?.attempts.last?.outcome == .expired) }])
    }

    @Test("A replay at this server takes another's lease over, and is answered when that is kept")
    func replay() async throws {
        await withQueue(
            try lease(isOwn: false) + [
                { $0.submit(.claim) },
                { world in #expect(world.outcomes.count == 1 && world.log.isAsked) },
            ] + keeping + [
                { world in
                    guard case .claimed(let tasks, isReplayed: true) = world.outcomes.last else {
                        Issue.record("\(world.outcomes)")
                        return
                    }
                    #expect(tasks.map { $0.task.work?.lease?.server } == [5])
                }
            ] + waiting(.milliseconds(5_001)) + keeping
                + [{ world in #expect(world.causes.last == .expired) }])
    }

    @Test("A delay that another server has told of is ended here a second later, and at once where that one is dead")
    func delays() async throws {
        let create = try TaskCommand.Action.create(1, delay: 5)
        for (isDead, isOwn) in [(false, false), (true, false), (false, true)] {
            await withQueue(
                (isOwn ? [{ $0.submit(create) }] + keeping : writing(create))
                    + [{ world in if isDead { world.log.die(2) } }] + waiting(.milliseconds(5_001)) + keeping + [
                        { world in #expect(world.causes.contains(.ready) == (isDead || isOwn)) }
                    ] + waiting(.seconds(1)) + keeping
                    + [{ world in #expect(world.causes.filter { $0 == .ready }.count == 1) }])
        }
    }

    @Test("Of 10,000 leases of a server that has died a turn of the loop takes a portion")
    func manyLeases() async {
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { loop in
            let log = StubbornLog(hasOneWriter: false)
            (log.server, log.others) = (5, [2])
            let timer = QueueTimer(Servers(log)) { Timestamp(milliseconds: 0) }
            var asked = 0
            timer.onDue = { _, _, done in
                asked += 1
                done(true)
            }
            for number in 1...10_000 { timer.hear(.leased(number, by: 2), from: .other) }
            log.onDeath = { timer.inherit(from: $0) }
            log.die(2)
            @LoopActor func turn(_ left: Int, _ before: Int) {
                #expect(asked - before <= QueueTimer.perTurn)
                if left == 20 { clock.advance(by: .milliseconds(5_001)) }
                if left == 0 { return #expect(asked == 10_000) }
                loop.setImmediate { [asked] in turn(left - 1, asked) }
            }
            turn(80, 0)
        }
        #expect(code == 0)
    }
}

extension TaskRecord {
    /// A task with a lease of 5 s, which that server keeps.
    fileprivate static func leased(_ number: Int, by server: Int) -> TaskRecord {
        let zero = Timestamp(milliseconds: 0)
        var work = WorkState()
        work.lease = Lease(
            worker: "w", fence: number, length: .seconds(5), timeout: nil, claimKey: nil, since: zero, server: server)
        return TaskRecord(
            id: .queued(number), title: "a", status: .inProgress, createdAt: zero, updatedAt: zero, revision: number,
            since: Since(at: 0, by: number), work: work)
    }
}

// MARK: - Chores

@Suite("What one of several servers does by itself")
struct SharedChoresTests {
    private let end = TaskCommand.Action.work(.complete(.queued(1), fence: 3, result: nil))

    /// A task that has ended, and one that waits for it.
    private func ending(isOwn: Bool) throws -> [QueueStep] {
        let creates = [try TaskCommand.Action.create(1), try .create(2, needing: [1])]
        let begin: [QueueStep] = [
            { world in
                for create in creates { world.submit(create) }
                world.submit(.claim)
            }
        ]
        return begin + keeping + (isOwn ? [{ $0.submit(end) }] + keeping : writing(end))
    }

    @Test("What this server has ended it settles at once; what another one has, a second later, if that one lives")
    func settling() async throws {
        for (isOwn, others) in [(true, [2]), (false, [2]), (false, [])] as [(Bool, Set<Int>)] {
            await withQueue(
                others: others,
                try ending(isOwn: isOwn) + [
                    { world in
                        #expect(world.causes.contains(.ready) == (isOwn || others.isEmpty), "\(isOwn), \(others)")
                    }
                ] + waiting(.milliseconds(1_001)) + keeping
                    + [{ world in #expect(world.causes.filter { $0 == .ready }.count == 1) }])
        }
    }

    @Test("What another server has ended and settles itself is not settled here")
    func settled() async throws {
        await withQueue(
            try ending(isOwn: false) + writing(.work(.settle(limit: 9))) + waiting(.milliseconds(1_001)) + keeping + [
                { world in #expect(world.task(2)?.revision == 5 && !world.causes.contains(.ready)) }
            ])
    }

    @Test("What ended long ago is looked at by the server of the lowest number")
    func retention() async {
        for (others, isFirst) in [([9], true), ([2, 9], false), ([], true)] as [(Set<Int>, Bool)] {
            await withQueue(
                others: others,
                waiting(.milliseconds(1_001)) + [{ world in #expect(world.log.isAsked == isFirst, "\(others)") }])
        }
        await withQueue(
            [{ $0.log.die(2) }] + waiting(.milliseconds(1_001)) + [{ world in #expect(world.log.isAsked) }])
    }
}
