import Testing

@testable import TaskEngine

@Suite("What a call with a fence may do")
struct FenceTests {
    enum Call: CaseIterable {
        case complete, fail, release, renew

        func command(_ fence: Int) -> WorkCommand {
            switch self {
            case .complete: .complete(.test(1), fence: fence, result: nil)
            case .fail: .fail(.test(1), fence: fence, WorkFailure(WorkError(message: "no")))
            case .release: .release(.test(1), fence: fence, delay: .zero)
            case .renew: .renew(.test(1), fence: fence, lease: nil)
            }
        }
    }

    @Test("With the fence of the lease, every call is done", arguments: Call.allCases)
    func current(call: Call) throws {
        var queue = TestQueue()
        try queue.add(1)
        let fence = try queue.fence()
        #expect(!isRefused(queue.work(call.command(fence))))
    }

    @Test(
        "With the last fence, whose lease ran out, a task is completed late and an error is kept, no more",
        arguments: [(Call.complete, true), (.fail, true), (.release, false), (.renew, false)])
    func expired(call: Call, isDone: Bool) throws {
        for isTimeout in [false, true] {
            var queue = TestQueue()
            try queue.add(1)
            let fence = try queue.fence()
            queue.work(isTimeout ? .timeOut(.test(1), fence: fence) : .expire(.test(1), fence: fence))
            let outcome = queue.work(call.command(fence))
            let state: TaskState = isTimeout ? .scheduled : .ready
            #expect(isDone != (outcome == .refused(.leaseLost(.test(1), state, fence: nil))))
            guard isDone else { continue }
            #expect(try queue.state(1) == (call == .complete ? .completed : state))
            #expect(queue.log.last?.cause?.isLate ?? false == (call == .complete))
            let count = queue.log.count
            #expect(!isRefused(queue.work(call.command(fence))), "asked again, it is the same")
            #expect(queue.log.count == count)
        }
    }

    @Test("With the last fence, which has ended as the call says, it is done already", arguments: Call.allCases)
    func repeated(call: Call) throws {
        for other in [Call.complete, .fail, .release] {
            var queue = TestQueue()
            try queue.add(1)
            let fence = try queue.fence()
            queue.work(other.command(fence))
            let (task, count) = (try queue.task(1), queue.log.count)
            let outcome = queue.work(call.command(fence))
            #expect(call == other ? outcome == .worked(task) : isRefused(outcome))
            #expect(queue.log.count == count)
        }
    }

    @Test("When another worker has the task, no call is done with the former's fence", arguments: Call.allCases)
    func lost(call: Call) throws {
        for other in [WorkCommand.expire(.test(1), fence: 2), Call.fail.command(2), Call.release.command(2)] {
            var queue = TestQueue()
            try queue.add(1) { try $0.set(retryBase: 0.1, jitter: 0) }
            let fence = try queue.fence()
            queue.work(other)
            if try queue.state(1) == .scheduled { try queue.wake(1) }
            let newer = try queue.fence()
            #expect(queue.work(call.command(fence)) == .refused(.leaseLost(.test(1), .running, fence: newer)))
            #expect(queue.work(call.command(newer + 1)) == .refused(.leaseLost(.test(1), .running, fence: newer)))
        }
    }

    @Test("The first result stands", arguments: [true, false])
    func result(isFirstNull: Bool) throws {
        var queue = TestQueue()
        try queue.add(1)
        let fence = try queue.fence()
        let first = isFirstNull ? nil : JSONBody(checked: Array("1".utf8))
        queue.work(.complete(.test(1), fence: fence, result: first))
        queue.work(.complete(.test(1), fence: fence, result: JSONBody(checked: Array("2".utf8))))
        #expect(queue.ledger.store.bodies(of: .test(1))?.result == first)
    }

    @Test("Of a task that is gone, or never was claimed, no fence is right", arguments: Call.allCases)
    func missing(call: Call) throws {
        var queue = TestQueue()
        #expect(queue.work(call.command(1)) == .refused(.taskNotFound(.test(1))))
        try queue.add(1)
        #expect(queue.work(call.command(1)) == .refused(.leaseLost(.test(1), .ready, fence: nil)))
    }

    @Test("A renewal is an event only if the lease becomes longer than the log knows")
    func renewal() throws {
        var queue = TestQueue()
        try queue.add(1)
        let fence = try queue.fence()
        let count = queue.log.count
        for (seconds, length) in [(nil, 30), (10, 10), (30, 30)] as [(Int?, Int)] {
            let outcome = queue.work(.renew(.test(1), fence: fence, lease: seconds.map { .seconds($0) }))
            guard case .renewed(let task, false) = outcome else { throw TestFailure("\(outcome)") }
            #expect(task.work?.lease?.length == .seconds(length))
        }
        #expect(queue.log.count == count)
        queue.work(.renew(.test(1), fence: fence, lease: .seconds(31)))
        let event = try #require(queue.log.last)
        #expect(queue.log.count == count + 1 && event.cause == nil)
        #expect(try event.change == .updated(try queue.task(1), changes: [.lease]))
        #expect(try queue.workState(1).lease?.fence == fence)
    }

    private func isRefused(_ outcome: Decision.Outcome) -> Bool {
        if case .refused = outcome { true } else { false }
    }
}

struct TestFailure: Error {
    init(_ text: String) { Issue.record("\(text)") }
}
