import Testing
import UVHTTP
import UVTasks
import UVWebSocket

@Suite("What a worker holds, tells and asks for")
struct WorkerStateTests {
    // MARK: - Claims

    @Test("It claims as many tasks as slots are free, and nothing when all are taken")
    func slots() {
        var scene = StateScene(slots: 3)
        #expect(scene.turn(.claims)?.claim?.limit == 3)
        #expect(scene.answer(.claims, tasks: [1, 2]) == ["start 1", "start 2"])
        #expect(scene.turn(.claims)?.claim?.limit == 1)
        #expect(scene.answer(.claims, tasks: [3]) == ["start 3"])
        #expect(scene.turn(.claims) == nil && scene.turn(.reports) == nil)
        scene.complete(2)
        let turn = scene.turn(.claims)
        #expect(turn?.claim?.limit == 1 && turn?.outcomes.map(\.id.fence) == [2])
    }

    @Test("Each of its ways carries one turn at a time")
    func onePerLine() {
        var scene = StateScene(slots: 3)
        #expect(scene.turn(.claims) != nil)
        #expect(scene.turn(.claims) == nil)
    }

    @Test("A claim asks for 100 tasks at most", arguments: [(100, 100), (101, 100)])
    func mostTasks(slots: Int, limit: Int) {
        var scene = StateScene(slots: slots)
        #expect(scene.turn(.claims)?.claim?.limit == limit)
    }

    @Test("A claim that had no answer is asked for under the same key, one that had under the next")
    func keys() {
        var scene = StateScene(slots: 2)
        let first = scene.turn(.claims)?.claim?.key
        _ = scene.lose(.claims)
        scene.now += 500
        #expect(scene.turn(.claims)?.claim?.key == first)
        _ = scene.answer(.claims)
        #expect(scene.turn(.claims)?.claim?.key != first)
    }

    @Test("A replayed claim starts nothing that runs already")
    func replay() {
        var scene = StateScene(slots: 3)
        _ = scene.turn(.claims)
        #expect(scene.answer(.claims, tasks: [1]) == ["start 1"])
        _ = scene.turn(.claims)
        #expect(scene.answer(.claims, tasks: [1, 2]) == ["start 2"])
    }

    @Test("Tasks beyond the free slots are given back at once")
    func surplus() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        #expect(scene.answer(.claims, tasks: [1, 2]) == ["start 1"])
        #expect(scene.turn(.reports)?.outcomes.map(\.word) == ["release 2"])
    }

    // MARK: - Outcomes

    @Test("While a claim is parked, results are told on the second way")
    func parked() {
        var scene = StateScene(slots: 2)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [1])
        _ = scene.turn(.claims)
        #expect(scene.turn(.reports) == nil)
        scene.complete(1)
        #expect(scene.turn(.reports)?.outcomes.map(\.id.fence) == [1])
    }

    @Test("What was told and not heard is told again, in its order, and nothing that was heard")
    func again() {
        var scene = StateScene(slots: 3)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [1, 2, 3])
        scene.complete(1)
        #expect(scene.turn(.claims)?.outcomes.map(\.id.fence) == [1])
        scene.complete(2)
        _ = scene.lose(.claims)
        scene.now += 500
        #expect(scene.turn(.claims)?.outcomes.map(\.id.fence) == [1, 2])
        _ = scene.answer(.claims)
        scene.complete(3)
        #expect(scene.turn(.claims)?.outcomes.map(\.id.fence) == [3])
    }

    @Test("A turn has 100 outcomes at most, and none is added behind 512 KiB")
    func sizes() {
        var scene = StateScene(slots: 250)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: Array(1...101))
        for fence in 1...101 { scene.complete(fence) }
        #expect(scene.turn(.claims)?.outcomes.count == 100)
        var large = StateScene(slots: 20)
        _ = large.turn(.claims)
        _ = large.answer(.claims, tasks: Array(1...20))
        for fence in 1...20 { large.complete(fence, JSON("\"\(String(repeating: "x", count: 60_000))\"")) }
        #expect(large.turn(.claims)?.outcomes.count == 8)
    }

    @Test("An outcome that the server cannot keep now is told again; one of a task that is lost is not")
    func verdicts() {
        var scene = StateScene(slots: 3)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [1, 2, 3])
        for fence in 1...3 { scene.complete(fence) }
        _ = scene.turn(.claims)
        let actions = scene.answer(
            .claims, errors: [1: "STORAGE_UNAVAILABLE", 2: "LEASE_LOST", 3: "VALIDATION_ERROR"])
        #expect(actions == ["lost 2 LEASE_LOST", "refused 3 VALIDATION_ERROR"])
        scene.now += 500
        // The refused result has become a failure, which another attempt would not change.
        #expect(scene.turn(.claims)?.outcomes.map(\.word) == ["complete 1", "fail 3 for good"])
    }

    @Test("A result that the server would refuse the whole turn for becomes a failure for good")
    func results() throws {
        func word(_ result: JSON?) -> String { Turn.Outcome(StateScene.id(1), result: result).word }
        func nest(_ levels: Int) throws -> JSON {
            try #require(JSON(String(repeating: "[", count: levels) + String(repeating: "]", count: levels)))
        }
        #expect(word(nil) == "complete 1" && word(JSON("[1]")) == "complete 1")
        #expect(word(try nest(125)) == "complete 1")
        #expect(word(try nest(126)) == "fail 1 for good")
        #expect(word(JSON(#"[{"a":"[[[\"{{{"},[]]"#)) == "complete 1")
        var deep = try JSON(encoding: [Int]())
        for _ in 1..<1_000 { deep = try JSON(encoding: [deep]) }
        #expect(word(deep) == "fail 1 for good", "what a program makes may be deeper than any text that is read")
        #expect(word(JSON("\"\(String(repeating: "x", count: 65_534))\"")) == "complete 1")
        #expect(word(JSON("\"\(String(repeating: "x", count: 65_535))\"")) == "fail 1 for good")
    }

    @Test("The deepest payload that the server takes can be claimed")
    func deepPayload() throws {
        let payload = String(repeating: "[", count: 127) + String(repeating: "]", count: 127)
        let text = #"{"tasks":[{"id":"a","payload":\#(payload),"lease":{"fence":1,"seconds":30}}]}"#
        let answer = try JSON(text)?.decode(as: TurnAnswer.self)
        #expect(answer?.tasks.map(\.payload.text) == [payload])
    }

    @Test(
        "How long a failed task waits is held within what the server takes",
        arguments: [
            (.seconds(-1), .zero), (.zero, .zero), (.seconds(0.5), .seconds(0.5)),
            (.seconds(604_800), .seconds(604_800)), (.seconds(604_801), .seconds(604_800)),
            (.seconds(Int64.max / 4), .seconds(604_800)), (.seconds(Int64.min), .zero), (nil, nil),
        ] as [(Duration?, Duration?)])
    func failures(asked: Duration?, told: Duration?) {
        let outcome = Turn.Outcome(StateScene.id(1), error: TaskFailure("no", retryAfter: asked))
        guard case .fail(_, true, let delay) = outcome.kind else {
            Issue.record("\(outcome)")
            return
        }
        #expect(delay == told)
    }

    // MARK: - Renewals

    @Test("A lease is renewed when a third of it has passed, and a third later again")
    func renewals() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [7])
        #expect(scene.state.wake(after: scene.now) == 10_000)
        scene.now = 9_999
        #expect(scene.turn(.reports) == nil)
        scene.now = 10_000
        scene.state.note(Turn.Progress(percent: 40, note: "half"), of: StateScene.id(7))
        #expect(scene.turn(.reports)?.renewals.map(\.id.fence) == [7])
        #expect(scene.answer(.reports) == [])
        #expect(scene.state.wake(after: scene.now) == 20_000)
    }

    @Test("A renewal that was not heard is sent again when the pause is over")
    func renewalLost() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [7])
        scene.now = 10_000
        _ = scene.turn(.reports)
        #expect(scene.lose(.reports) == ["unreachable 500"])
        #expect(scene.state.wake(after: scene.now) == 10_500)
        scene.now = 10_500
        #expect(scene.turn(.reports)?.renewals.count == 1)
    }

    @Test("A renewal that the server cannot keep now is sent again behind a pause that grows")
    func renewalRefused() {
        var scene = StateScene(slots: 2)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [7, 8])
        scene.now = 10_000
        for pause: Int64 in [500, 1_000, 2_000] {
            #expect(scene.turn(.reports)?.renewals.count == 2)
            #expect(scene.answer(.reports, errors: [7: "STORAGE_UNAVAILABLE", 8: "STORAGE_UNAVAILABLE"]) == [])
            #expect(scene.turn(.reports) == nil)
            #expect(scene.state.wake(after: scene.now) == scene.now + pause)
            scene.now += pause
        }
        #expect(scene.turn(.reports)?.renewals.count == 2)
        #expect(scene.answer(.reports) == [])
        #expect(scene.state.wake(after: scene.now) == scene.now + 10_000)
    }

    @Test(
        "A lease of less than a second is renewed as one of a second",
        arguments: [(0, 333), (0.002, 333), (0.999, 333), (1, 333), (1.5, 500)])
    func shortLease(seconds: Double, renewal: Int64) {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [7], lease: seconds)
        #expect(scene.state.wake(after: scene.now) == renewal)
    }

    @Test("A task that is to be cancelled is told so, and what comes of it is told to the server")
    func cancelRequested() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [7])
        scene.now = 10_000
        _ = scene.turn(.reports)
        #expect(scene.answer(.reports, cancelled: [7]) == ["cancel 7"])
        scene.complete(7)
        #expect(scene.turn(.claims)?.outcomes.count == 1)
    }

    @Test(
        "A task that is lost is told so, and what comes of it is told to nobody",
        arguments: ["LEASE_LOST", "TASK_NOT_FOUND", "INVALID_TRANSITION"])
    func leaseLost(code: String) {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        _ = scene.answer(.claims, tasks: [7])
        scene.now = 10_000
        _ = scene.turn(.reports)
        #expect(scene.answer(.reports, errors: [7: code]) == ["cancel 7", "lost 7 \(code)"])
        #expect(scene.turn(.claims) == nil, "its handler still has the slot")
        scene.complete(7)
        #expect(scene.turn(.claims)?.outcomes.isEmpty == true)
    }

    // MARK: - Failures

    @Test("The pauses behind failures double from half a second to 20 s, and an answer takes them back")
    func backoff() {
        var scene = StateScene(slots: 1)
        var pauses: [String] = []
        for _ in 0..<7 {
            #expect(scene.turn(.claims) != nil)
            pauses += scene.lose(.claims)
            #expect(scene.turn(.claims) == nil)
            scene.now = scene.state.wake(after: scene.now) ?? 0
        }
        #expect(pauses.map { $0.dropFirst(12) } == ["500", "1000", "2000", "4000", "8000", "16000", "20000"])
        _ = scene.turn(.claims)
        _ = scene.answer(.claims)
        _ = scene.turn(.claims)
        #expect(scene.lose(.claims) == ["unreachable 500"])
    }

    @Test("A server that answers at once, and with nothing, is asked again behind a pause that grows")
    func hasty() {
        var scene = StateScene(slots: 1)
        for pause: Int64 in [500, 1_000, 2_000] {
            _ = scene.turn(.claims)
            _ = scene.answer(.claims, isHasty: true)
            #expect(scene.turn(.claims) == nil)
            #expect(scene.state.wake(after: scene.now) == scene.now + pause)
            scene.now += pause
        }
        _ = scene.turn(.claims)
        _ = scene.answer(.claims)
        #expect(scene.turn(.claims) != nil)
    }

    @Test("A server that says how long it wants to be left alone is left alone so long")
    func retryAfter() {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        #expect(scene.lose(.claims, scene.refusal(503, retryAfter: .seconds(3))) == ["unreachable 3000"])
    }

    @Test("What will be refused again ends it", arguments: [400, 401, 403, 404, 422])
    func final(status: Int) {
        var scene = StateScene(slots: 1)
        _ = scene.turn(.claims)
        #expect(scene.lose(.claims, scene.refusal(status)) == ["stop"])
    }
}
