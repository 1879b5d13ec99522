import Testing
import UVTasks

@Suite("How a worker comes to its end")
struct WorkerEndTests {
    @Test("Drained, it claims nothing more, and is over when all that it held is told")
    func drain() {
        var scene = StateScene(slots: 2)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [1])
        _ = scene.turn(.claims)
        scene.state.drain(until: 25_000)
        scene.state.abandon(.claims)
        _ = scene.turn(.claims)
        #expect(scene.answer(.claims) == [] && scene.turn(.claims) == nil)
        #expect(scene.advance() == [] && !scene.state.isOver)
        scene.complete(1)
        #expect(scene.turn(.reports)?.outcomes.map(\.id.fence) == [1])
        #expect(scene.advance() == [] && !scene.state.isOver)
        _ = scene.answer(.reports)
        #expect(scene.advance() == [] && scene.state.isOver)
    }

    @Test("A claim that was given up is asked again under its key, without a wait, and what it brings given back")
    func recall() {
        var scene = StateScene(slots: 2)
        let key = scene.turn(.claims)?.claim?.key
        scene.state.drain(until: 25_000)
        scene.state.abandon(.claims)
        #expect(scene.advance() == [] && !scene.state.isOver)
        let claim = scene.turn(.claims)?.claim
        #expect(claim?.key == key && claim?.wait == .zero && claim?.limit == 1)
        #expect(scene.answer(.claims, tasks: [1]) == [])
        #expect(scene.turn(.claims) == nil && scene.turn(.reports)?.outcomes.map(\.word) == ["release 1"])
        _ = scene.answer(.reports)
        #expect(scene.advance() == [] && scene.state.isOver)
    }

    @Test(
        "A claim that was given up is asked again once: a server that is gone delays no end", arguments: [true, false])
    func noRecall(isLost: Bool) {
        var scene = StateScene(slots: 2)
        _ = scene.turn(.claims)
        scene.state.drain(until: 25_000)
        scene.state.abandon(.claims)
        _ = scene.turn(.claims)
        if isLost { _ = scene.lose(.claims) } else { scene.state.abandon(.claims) }
        #expect(scene.turn(.claims) == nil && scene.advance() == [] && scene.state.isOver)
    }

    @Test("When the drain is over, what still runs is cancelled and given back, and its result is not told")
    func drainOver() {
        var scene = StateScene(slots: 2)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [1, 2])
        scene.state.drain(until: 25_000)
        scene.now = 24_999
        #expect(scene.advance() == [])
        scene.now = 25_000
        #expect(scene.advance().sorted() == ["cancel 1", "cancel 2"])
        scene.complete(1)
        #expect(scene.turn(.reports)?.outcomes.map(\.word).sorted() == ["release 1", "release 2"])
        _ = scene.answer(.reports)
        #expect(scene.advance() == [] && scene.state.isOver)
    }

    @Test("What cannot be given back within five seconds is left to its lease")
    func untold() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [1])
        scene.state.drain(until: 0)
        #expect(scene.advance() == ["cancel 1"])
        _ = scene.turn(.reports)
        _ = scene.lose(.reports)
        scene.now = 4_999
        #expect(scene.advance() == [] && !scene.state.isOver)
        scene.now = 5_000
        #expect(scene.advance() == ["untold 1"] && scene.state.isOver)
    }

    @Test("Tasks of an answer that was on its way when the drain began are given back")
    func late() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        scene.state.drain(until: 25_000)
        #expect(scene.answer(.claims, tasks: [1]) == [])
        #expect(scene.turn(.reports)?.outcomes.count == 1)
    }

    @Test("Once is one task, without a wait, and nothing where there is none", arguments: [[1], []])
    func once(fences: [Int]) {
        var scene = StateScene(slots: 4, isOnce: true)
        let claim = scene.turn(.claims)?.claim
        #expect(claim?.limit == 1 && claim?.wait == .zero)
        _ = scene.answer(.claims, tasks: fences)
        #expect(scene.advance() == [] && scene.state.isOver == fences.isEmpty)
        #expect(scene.turn(.claims) == nil)
        if fences.isEmpty { return }
        scene.complete(1)
        _ = scene.turn(.reports)
        _ = scene.answer(.reports)
        #expect(scene.advance() == [] && scene.state.isOver)
    }

    @Test("A drain without an end is given one, and an end stays")
    func endOfDrain() {
        var scene = StateScene(slots: 1, isOnce: true)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [1])
        scene.now = 5_000
        #expect(scene.advance() == [] && scene.state.wake(after: scene.now) == 10_000, "its renewal")
        let isGiven = scene.state.drain(until: 9_000)
        #expect(isGiven && scene.state.wake(after: scene.now) == 9_000)
        let isChanged = scene.state.drain(until: 20_000)
        #expect(!isChanged && scene.state.wake(after: scene.now) == 9_000)
        scene.now = 9_000
        #expect(scene.advance() == ["cancel 1"])
    }

    @Test("One that is told to be quiet asks every five seconds whether it may go on, and claims nothing")
    func quiet() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, command: "quiet")
        #expect(scene.turn(.claims) == nil)
        #expect(scene.state.wake(after: scene.now) == scene.now + 5_000)
        scene.now += 5_000
        #expect(scene.turn(.claims).map { $0.claim == nil } == true)
        _ = scene.answer(.claims)
        #expect(scene.turn(.claims)?.claim != nil)
    }

    @Test("One that is told to stop ends")
    func stop() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        #expect(scene.answer(.claims, command: "stop") == ["stop"])
    }
}
