import TaskEngine
import TaskStorage
import Testing
import UVCore

@testable import TaskService

@Suite("Claims whose clients, or whose server, leave")
struct LeavingClaimsTests {
    @Test("A client that leaves the line gets nothing, and the next one does")
    func line() async {
        await withClaims(
            { world in
                world.ask("a")
                world.ask("b")
                try world["a"].close(isFinished: false)
                #expect(world.claims.count == 1)
                try world.create("one")
            }, { $0.log.answer() }, { $0.log.answer() },
            { world in #expect(world.answers == ["b: one"] && world.causes == [.claimed]) })
    }

    @Test("A client that leaves while its claim is decided gives back what it would have got, at once and once")
    func deciding() async {
        await withClaims(
            { world in
                world.ask("a")
                try world.create("one")
            },
            { world in
                #expect(world.log.isAsked && world.causes == [.claimed])
                try world["a"].close(isFinished: false)
                world.log.answer()
            }, { $0.log.answer() },
            { world in
                #expect(world.answers.isEmpty && world.claims.count == 0)
                #expect(world.causes == [.claimed, .undelivered] && !world.log.isAsked)
            })
    }

    @Test("For a client that has left, nothing is asked again when another server was faster")
    func overtaken() async {
        await withClaims(
            { world in try world.create("one") }, { $0.log.answer() }, { world in world.ask("a") },
            { world in
                let id = try #require(world.board.store.lastID)
                let time = Timestamp(milliseconds: 0)
                try world["a"].close(isFinished: false)
                world.log.write([TaskEvent(.deleted(id), sequence: 2, requestID: "theirs", timestamp: time)])
            }, { $0.log.answer() },
            { world in
                #expect(world["a"].timesAsked == 1 && world.claims.count == 0)
                #expect(world.answers.isEmpty && !world.log.isAsked)
            })
    }

    @Test("A claim that the log has refused, or that finds nothing behind what others wrote, stands where it stood")
    func again() async {
        var paused = ProjectSettings()
        paused.isPaused = true
        await withClaims(
            { world in
                world.ask("a")
                world.ask("b")
                try world.create("one")
            }, { $0.log.fail() },
            { world in
                #expect(world.claims.count == 2 && world.answers.isEmpty)
                try world.create("two")
            },
            { world in
                let time = Timestamp(milliseconds: 0)
                world.log.write([TaskEvent(.project(nil, paused), sequence: 1, requestID: "theirs", timestamp: time)])
            }, { $0.log.answer() },
            { world in
                #expect(world.claims.count == 2 && world.answers.isEmpty)
                world.submit(.work(.setProject(nil, ProjectChange(to: ProjectSettings()))))
            }, { $0.log.answer() }, { $0.log.answer() },
            { world in #expect(world.answers == ["a: two"] && world.claims.count == 1) })
    }

    @Test("A server that stops answers those that wait at once, on their last connection, and takes no other")
    func stop() async {
        await withClaims(
            { world in
                world.ask("a")
                world.ask("b")
                try world.create("one")
            },
            { world in
                world.claims.stop()
                #expect(world.answers == ["b: nothing"], "a's claim is decided at the moment")
                #expect(["a", "b"].map { world[$0].isLast } == [false, true])
                world.ask("c")
                #expect(world.answers == ["b: nothing", "c: stopping"])
                world.log.answer()
                #expect(world.answers == ["b: nothing", "c: stopping", "a: one"] && world.claims.count == 0)
            })
    }

    @Test("A claim that finds nothing when the server has begun to stop does not wait")
    func stopping() async {
        await withClaims(
            { world in
                world.ask("a")
                try world.create("one")
            },
            { world in
                world.claims.stop()
                world.log.fail()
                #expect(world.answers == ["a: failed"] && !world["a"].isWaiting && world.claims.count == 0)
            })
    }

    @Test("16 claims of a worker wait, and the 17th is told that there are too many")
    func full() async {
        await withClaims { world in
            for number in 0..<16 { world.ask("\(number)") }
            world.ask("17")
            world.ask("another's", worker: "v")
            #expect(world.claims.count == 17 && world.answers == ["17: full"])
            world.claims.stop()
        }
    }
}
