import Testing
import UVCore

@testable import TaskService

@Suite("Which processes run")
struct SupervisionTests {
    @Test("One process goes ahead, and the others follow when it is ready")
    func beginning() {
        var world = SupervisedWorld(3)
        #expect(world.starts == [1: 0])
        world.ready(1)
        #expect(world.starts == [1: 0, 2: 1, 3: 2])
        world.ready(2, 3)
        #expect(world.serving == [1, 2, 3] && world.exit == nil && world.notes.isEmpty)
    }

    @Test("What ends the first one at its start ends all, with its code", arguments: [0, 1, 64] as [Int32])
    func failedBeginning(code: Int32) {
        var world = SupervisedWorld(3)
        world.end(1, .code(code))
        #expect(world.exit == code && world.starts.count == 1 && world.notes.isEmpty)
    }

    @Test("A first one that the system does not start ends all, and is told")
    func notStarted() {
        var world = SupervisedWorld(3)
        let error = LoopError.cancelled("uv_spawn")
        world.end(1, .notStarted(error))
        #expect(world.exit == 1 && world.notes == [.lost(world.child(1), .notStarted(error), next: nil)])
    }

    @Test("A dead one is started again after 100 ms, twice as long each time up to 5 s")
    func backoff() {
        var world = SupervisedWorld(2, isReady: true)
        for rest in [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000] {
            let last = world.last(in: 0)
            world.end(last, .signal(.kill))
            #expect(world.rests[0] == .milliseconds(rest))
            #expect(world.notes.last == .lost(world.child(last), .signal(.kill), next: .milliseconds(rest)))
            world.pass(.milliseconds(rest) - .milliseconds(1))
            #expect(world.last(in: 0) == last)
            world.pass(.milliseconds(1))
            #expect(world.last(in: 0) > last)
            world.ready(world.last(in: 0))
        }
        #expect(world.exit == nil && world.last(in: 1) == 2, "the other one is as it was")
    }

    @Test("One that has lived for 10 s begins with 100 ms again", arguments: [9_999, 10_000])
    func goodLife(milliseconds: Int) {
        var world = SupervisedWorld(1, isReady: true)
        world.end(1, .code(1))
        world.pass(.milliseconds(100))
        world.pass(.milliseconds(milliseconds))
        world.end(2, .code(1))
        #expect(world.rests[0] == .milliseconds(milliseconds == 10_000 ? 100 : 200))
    }

    @Test("Ten deaths in a minute of a slot that was never ready end all with code 1")
    func limit() {
        var world = SupervisedWorld(2)
        world.ready(1)
        for _ in 0..<9 {
            world.end(world.last(in: 1), .code(1))
            #expect(world.exit == nil)
            world.pass(.seconds(5))
        }
        world.end(world.last(in: 1), .code(1))
        #expect(world.notes.last == .givesUp(slot: 1))
        #expect(world.orders == [1: [.stop(level: 1)]] && world.exit == nil && !world.keepsSockets)
        world.end(1, .code(0))
        #expect(world.exit == 1)
    }

    @Test("The tenth death counts no more when the first one is over a minute ago")
    func slowDeaths() {
        var world = SupervisedWorld(2)
        world.ready(1)
        for _ in 0..<30 {
            world.end(world.last(in: 1), .code(1))
            world.pass(.milliseconds(6_700))
        }
        #expect(world.exit == nil && !world.notes.contains(.givesUp(slot: 1)))
    }

    @Test("A first one that signals end is started again, ten times in all")
    func crashingBeginning() {
        var world = SupervisedWorld(2)
        for _ in 0..<9 {
            world.end(world.last(in: 0), .signal(.kill))
            world.pass(.seconds(5))
        }
        #expect(world.exit == nil && world.starts.count == 10)
        world.end(10, .signal(.kill))
        #expect(world.exit == 1 && world.notes.last == .givesUp(slot: 0))
    }

    @Test("A slot that was ready once is never given up")
    func patience() {
        var world = SupervisedWorld(1, isReady: true)
        for _ in 0..<50 {
            world.end(world.last(in: 0), .code(1))
            world.pass(.seconds(5))
        }
        #expect(world.exit == nil && world.starts.count == 51)
    }
}

// MARK: - The end

extension SupervisionTests {
    @Test("A signal tells all, the next ones with more urgency, and the code is 0 when all end well")
    func stopping() {
        var world = SupervisedWorld(2, isReady: true)
        world.stop()
        #expect(!world.keepsSockets && world.orders == [1: [.stop(level: 1)], 2: [.stop(level: 1)]])
        world.end(2, .code(0))
        world.stop()
        #expect(world.orders[1] == [.stop(level: 1), .stop(level: 2)] && world.orders[2] == [.stop(level: 1)])
        #expect(world.exit == nil)
        world.end(1, .code(0))
        #expect(world.exit == 0 && world.notes.isEmpty)
    }

    @Test("One that does not end well makes the code 1", arguments: [.code(1), .signal(.kill)] as [Supervision.End])
    func endingBadly(end: Supervision.End) {
        var world = SupervisedWorld(2, isReady: true)
        world.stop()
        world.end(1, end)
        world.end(2, .code(0))
        #expect(world.exit == 1 && world.notes == [.lost(world.child(1), end, next: nil)])
    }

    @Test("None starts from then on: not one that rests, not one that was to follow, and readiness changes nothing")
    func stoppingEarly() {
        var world = SupervisedWorld(3)
        world.stop()
        world.ready(1)
        #expect(world.starts.count == 1)
        world.end(1, .code(0))
        #expect(world.exit == 0)
        var resting = SupervisedWorld(2, isReady: true)
        resting.end(1, .signal(.kill))
        resting.stop()
        resting.pass(.seconds(5))
        #expect(resting.starts.count == 2)
        resting.end(2, .code(0))
        #expect(resting.exit == 0)
        var alone = SupervisedWorld(1, isReady: true)
        alone.end(1, .signal(.kill))
        alone.stop()
        #expect(alone.exit == 0, "there is none to wait for")
    }
}

// MARK: - Replacing

extension SupervisionTests {
    @Test(
        "They are replaced one by one: the new one is ready before the old one is told, which ends before the next turn"
    )
    func replacing() {
        var world = SupervisedWorld(2, isReady: true)
        world.replace()
        #expect(world.starts == [1: 0, 2: 1, 3: 0] && world.orders.isEmpty)
        world.ready(3)
        #expect(world.orders == [1: [.retire]] && world.starts.count == 3)
        world.end(1, .code(0))
        #expect(world.starts == [1: 0, 2: 1, 3: 0, 4: 1] && world.orders[2] == nil)
        world.ready(4)
        world.end(2, .code(0))
        #expect(world.serving == [3, 4] && world.notes == [.replacing, .replaced] && world.keepsSockets)
    }

    @Test("A new one that ends before it is ready leaves the old ones where they are")
    func failedReplacing() {
        var world = SupervisedWorld(2, isReady: true)
        world.replace()
        world.end(3, .code(1))
        #expect(world.serving == [1, 2] && world.starts.count == 3 && world.orders.isEmpty)
        #expect(world.notes == [.replacing, .stayed(world.child(3), .code(1))])
        world.replace()
        #expect(world.starts[4] == 0, "and the next time is like the first")
    }

    @Test("An old one that dies while the new one starts is not started again, and the others have their turn")
    func deathOfTheOld() {
        var world = SupervisedWorld(2, isReady: true)
        world.replace()
        world.end(1, .signal(.kill))
        world.pass(.seconds(5))
        #expect(world.starts == [1: 0, 2: 1, 3: 0])
        world.ready(3)
        #expect(world.starts[4] == 1)
        world.ready(4)
        world.end(2, .code(0))
        #expect(world.serving == [3, 4] && world.notes.last == .replaced)
    }

    @Test("One that dies while another one is replaced starts anew, and has no turn")
    func deathMeanwhile() {
        var world = SupervisedWorld(3, isReady: true)
        world.replace()
        world.end(2, .signal(.kill))
        world.ready(4)
        world.end(1, .code(0))
        #expect(world.starts[5] == 2, "the turn of the third slot")
        world.pass(.milliseconds(100))
        #expect(world.starts[6] == 1)
        world.ready(5, 6)
        world.end(3, .code(0))
        #expect(world.serving == [4, 6, 5] && world.notes.last == .replaced && world.starts.count == 6)
    }

    @Test("Another signal while they are replaced replaces all once more")
    func again() {
        var world = SupervisedWorld(2, isReady: true)
        world.replace()
        world.replace()
        #expect(world.starts.count == 3)
        for (new, old) in [(3, 1), (4, 3), (5, 2)] {
            world.ready(new)
            world.end(old, .code(0))
        }
        #expect(world.serving == [4, 5] && world.notes.last == .replaced)
    }

    @Test("All are told to end while one is replaced: the old, the new, and one that has retired")
    func stoppingMeanwhile() {
        var world = SupervisedWorld(2, isReady: true)
        world.replace()
        world.stop()
        #expect(Set(world.orders.keys) == [1, 2, 3])
        for number in 1...3 { world.end(number, .code(0)) }
        #expect(world.exit == 0)
        var retiring = SupervisedWorld(1, isReady: true)
        retiring.replace()
        retiring.ready(2)
        retiring.stop()
        #expect(retiring.orders == [1: [.retire, .stop(level: 1)], 2: [.stop(level: 1)]])
        retiring.end(2, .code(0))
        #expect(retiring.exit == nil)
        retiring.end(1, .code(0))
        #expect(retiring.exit == 0)
    }
}
