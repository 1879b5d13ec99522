import Testing

@testable import TaskService

@Suite("An append that waits for more changes")
struct GatheringTests {
    /// One behind an append from 0 to 100, which three changes were answered with while one waited.
    private func gathering() -> Gathering {
        var gathering = Gathering()
        gathering.begin(at: 0)
        gathering.end(answering: 3, waiting: 1, at: 100)
        return gathering
    }

    @Test("It waits from poll to poll while each brings a change, and not behind one that brings none")
    func polls() {
        var gathering = gathering()
        let waits = [1, 2, 3, 3, 3].map { gathering.goesOn(waiting: $0, at: 100) }
        #expect(waits == [true, true, true, false, false])
    }

    @Test("It ends when as many wait as were answered and waited before", arguments: [3, 4, 5])
    func wanted(count: Int) {
        var gathering = gathering()
        let waits = gathering.goesOn(waiting: count, at: 100)
        #expect(waits == (count < 4))
    }

    @Test("It waits for half the time that the append took, from the first look on", arguments: [549, 550])
    func patience(end: Int64) {
        var gathering = gathering()
        let waits = [(1, 500), (2, end)].map { gathering.goesOn(waiting: $0, at: $1) }
        #expect(waits == [true, end < 550])
    }

    @Test("It does not wait before the first append, behind one that took no time, nor when an append has begun")
    func none() {
        var first = Gathering()
        var (instant, begun) = (first, gathering())
        instant.begin(at: 7)
        instant.end(answering: 3, waiting: 0, at: 7)
        begun.begin(at: 100)
        let waits = [
            first.goesOn(waiting: 1, at: 0), instant.goesOn(waiting: 1, at: 7), begun.goesOn(waiting: 1, at: 100),
        ]
        #expect(waits == [false, false, false])
    }
}
