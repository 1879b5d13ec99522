import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("Claims, from the asking to the end of the answer")
struct ClaimsTests {
    @Test("Those that have waited longest get what comes, one a task: the others sleep on")
    func order() async {
        await withClaims(
            { world in
                let clients = ["a", "b", "c", "d"].map { name in
                    world.ask(name)
                    return world[name]
                }
                #expect(world.claims.count == 4 && clients.allSatisfy { $0.isWaiting && $0.timesAsked == 1 })
                try world.create("one")
                try world.create("two")
            },
            { world in
                #expect(world.answers.isEmpty, "nothing is kept yet")
                world.log.answer()
            }, { $0.log.answer() },
            { world in
                #expect(world.answers == ["a: one", "b: two"])
                #expect(world.causes == [.claimed, .claimed])
                // Behind each the next in line is asked whether there is more, and finds nothing.
                #expect(["a", "b", "c", "d"].map { world[$0].timesAsked } == [2, 3, 2, 1])
                #expect(
                    ["a", "b", "c", "d"].map { world[$0].isWaiting } == [false, false, true, true]
                        && world.claims.count == 2)
            })
    }

    @Test("What was found at once is answered when it is kept; nothing, when the wait is over and no moment before")
    func waits() async {
        await withClaims(
            { world in try world.create("one") }, { $0.log.answer() },
            { world in
                world.ask("a", wait: .zero)
                world.ask("b", wait: .zero)
                world.ask("c", wait: .seconds(5))
                #expect(world.answers == ["b: nothing"])
            }, { $0.log.answer() },
            { world in
                #expect(world.answers == ["b: nothing", "a: one"])
                world.clock.advance(by: .milliseconds(5_000))
            }, { _ in },
            { world in
                #expect(world.claims.count == 1)
                world.clock.advance(by: .milliseconds(1))
            }, { _ in },
            { world in #expect(world.claims.count == 0 && world.answers.last == "c: nothing") })
    }

    @Test("The same worker with the same key takes the first one's place, which is answered empty")
    func place() async {
        await withClaims(
            { world in
                world.ask("a", key: "k")
                world.ask("b")
                world.ask("again", key: "k")
                #expect(world.answers == ["a: nothing"] && world.claims.count == 2)
                try world.create("one")
            }, { $0.log.answer() }, { $0.log.answer() },
            { world in #expect(world.answers == ["a: nothing", "again: one"]) })
    }

    @Test("It has the place also where what it was to get is not kept")
    func placeBehindARefusal() async {
        await withClaims(
            { world in
                world.ask("a")
                world.ask("b", key: "k")
                world.ask("c")
                try world.create("lost")
                world.ask("again", key: "k")
            }, { $0.log.fail() },
            { world in
                try world.create("one")
                try world.create("two")
            }, { $0.log.answer() }, { $0.log.answer() }, { $0.log.answer() },
            { world in #expect(world.answers == ["b: nothing", "a: one", "again: two"]) })
    }

    @Test("What another server has given again is not given back here")
    func replayElsewhere() async {
        await withClaims(
            { world in
                world.log.server = 5
                try world.create("one")
            }, { $0.log.answer() }, { $0.ask("first", key: "k") }, { $0.log.answer() },
            { $0.submit(.work(.settle(limit: 0))) },
            { world in
                var other = TaskLedger(server: 2)
                for event in world.log.appended.joined() { try other.follow(event) }
                let claim = TaskCommand.Action.work(.claim(Claim(worker: "w", key: "k")))
                let replay = other.decide(
                    TaskCommand(claim, requestID: "r", timestamp: Timestamp(milliseconds: 0)))
                #expect(replay.events.count == 1)
                world.log.write(Array(replay.events))
            }, { $0.log.answer() },
            { world in
                world["first"].flush(isTaken: false)
                try world["first"].close(isFinished: false)
            },
            { world in
                #expect(world.log.isAsked, "it is asked for, and judged")
                world.log.answer()
                #expect(world.causes == [.claimed])
                #expect(world.board.store.tasks().compactMap { $0.work?.lease?.server } == [2])
            })
    }

    @Test("Nothing is given again while other servers may take this one for dead; it stays the former client's")
    func unheardReplay() async {
        await withClaims(
            { world in try world.create("one") }, { $0.log.answer() }, { $0.ask("first", key: "k") },
            { $0.log.answer() },
            { world in
                world.log.isHeard = false
                world.ask("second", key: "k")
            },
            { world in
                world.log.answer()
                #expect(world.answers == ["first: one", "second: failed"] && world.replays == 0)
                world["first"].flush(isTaken: false)
                try world["first"].close(isFinished: false)
            }, { $0.log.answer() }, { world in #expect(world.causes == [.claimed, .undelivered]) })
    }

    @Test("A replay takes the delivery over: only what becomes of its own answer gives the lease back, once")
    func replay() async {
        await withClaims(
            { world in try world.create("one") }, { $0.log.answer() },
            { world in world.ask("first", key: "k") },
            { $0.log.answer() }, { world in world.ask("second", key: "k") },
            { world in
                world.log.answer()
                #expect(world.answers == ["first: one", "second: one again"] && world.replays == 1)
                world["first"].flush(isTaken: false)
                try world["first"].close(isFinished: false)
            },
            { world in
                #expect(!world.causes.contains(.undelivered))
                world["second"].flush(isTaken: false)
                try world["second"].close(isFinished: false)
            }, { $0.log.answer() },
            { world in #expect(world.causes == [.claimed, .undelivered] && !world.log.isAsked) })
    }

    @Test(
        "An answer that is not written gives its leases back exactly once, however that shows",
        arguments: [
            (false as Bool?, false as Bool?, true), (false, nil, true), (nil, false, true), (true, false, true),
            (true, true, false),
        ])
    func answers(isTaken: Bool?, isFinished: Bool?, isGivenBack: Bool) async {
        await withClaims(
            { world in
                world.ask("a")
                try world.create("one")
            }, { $0.log.answer() }, { $0.log.answer() },
            { world in
                if let isTaken { world["a"].flush(isTaken: isTaken) }
                if let isFinished { try world["a"].close(isFinished: isFinished) }
            }, { $0.log.answer() },
            { world in
                #expect(world.answers == ["a: one"])
                #expect(world.causes == (isGivenBack ? [.claimed, .undelivered] : [.claimed]) && !world.log.isAsked)
                #expect(world.board.store.tasks().map(\.status) == [isGivenBack ? .pending : .inProgress])
            })
    }

    @Test("An answer in the socket's buffer is not written before that is flushed")
    func buffered() async {
        await withClaims(
            { world in
                world.ask("a")
                try world.create("one")
            }, { $0.log.answer() }, { $0.log.answer() },
            { world in
                try world["a"].close(isFinished: true)
                world["a"].flush(isTaken: false)
            }, { $0.log.answer() }, { world in #expect(world.causes == [.claimed, .undelivered]) })
    }
}
