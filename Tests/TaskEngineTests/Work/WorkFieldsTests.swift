import Testing

@testable import TaskEngine

/// Each limit at it and one beyond.
@Suite("Field rules of the work queue")
struct WorkFieldsTests {
    @Test(
        "A type has 1 to 64 of A–Z a–z 0–9 . _ - : /",
        arguments: [
            ("AZaz09._-:/", true), (String(repeating: "t", count: 64), true), ("", false),
            (String(repeating: "t", count: 65), false), ("a b", false), ("é", false), ("a;", false), ("@", false),
            ("[", false), ("`", false), ("{", false), (",", false), ("^", false),
        ])
    func type(text: String, isAccepted: Bool) {
        #expect(accepts(.type) { fields throws(TaskError) in try fields.set(type: text) } == isAccepted)
    }

    @Test("A payload has at most 64 KiB", arguments: [(65_536, true), (65_537, false)])
    func payload(count: Int, isAccepted: Bool) {
        let body = JSONBody(checked: Array(repeating: UInt8(ascii: "1"), count: count))
        #expect(accepts(.payload) { fields throws(TaskError) in try fields.set(payload: body) } == isAccepted)
    }

    @Test("A time to begin at is at most ten years ahead, and may be past")
    func runAt() {
        let (now, tenYears) = (Timestamp(milliseconds: 5_000), Int64(3_653) * 86_400_000)
        for (ahead, isAccepted) in [(tenYears, true), (tenYears + 1, false), (-5_000, true)] {
            let instant = Timestamp(milliseconds: now.milliseconds + ahead)
            #expect(
                accepts(.runAt) { fields throws(TaskError) in try fields.set(runAt: instant, now: now) } == isAccepted)
        }
    }

    @Test(
        "A delay is 0 to 31,536,000 seconds",
        arguments: [(0, true), (31_536_000, true), (-0.001, false), (31_536_000.001, false), (.nan, false)])
    func delay(seconds: Double, isAccepted: Bool) {
        #expect(accepts(.delay) { fields throws(TaskError) in try fields.set(delay: seconds) } == isAccepted)
    }

    @Test("A task has a delay or a time, not both; a null is neither")
    func both() throws {
        let now = Timestamp(milliseconds: 0)
        #expect(
            !accepts(.runAt) { fields throws(TaskError) in
                try fields.set(delay: 1)
                try fields.set(runAt: now, now: now)
            })
        #expect(
            !accepts(.delay) { fields throws(TaskError) in
                try fields.set(runAt: now, now: now)
                try fields.set(delay: 1)
            })
        #expect(
            accepts(.delay) { fields throws(TaskError) in
                try fields.set(runAt: nil, now: now)
                try fields.set(delay: 1)
            })
        var fields = TaskFields()
        try fields.set(delay: 1)
        try fields.set(runAt: nil, now: now)
        #expect(fields.work?.value.start == .delay(.seconds(1)))
    }

    @Test(
        "Attempts and stalls are 1 to 100, in whole numbers",
        arguments: [(1, true), (100, true), (0, false), (101, false)])
    func counts(count: Int, isAccepted: Bool) {
        #expect(accepts(.maxAttempts) { fields throws(TaskError) in try fields.set(maxAttempts: count) } == isAccepted)
        #expect(accepts(.maxStalls) { fields throws(TaskError) in try fields.set(maxStalls: count) } == isAccepted)
        let number = Double(count)
        #expect(accepts(.maxAttempts) { fields throws(TaskError) in try fields.set(maxAttempts: number) } == isAccepted)
        #expect(accepts(.maxStalls) { fields throws(TaskError) in try fields.set(maxStalls: number) } == isAccepted)
        #expect(!accepts(.maxAttempts) { fields throws(TaskError) in try fields.set(maxAttempts: number + 0.5) })
        #expect(!accepts(.maxStalls) { fields throws(TaskError) in try fields.set(maxStalls: number + 0.5) })
    }

    @Test(
        "Of a retry the base is 0.1 to 86,400, the factor 1 to 10, the most 0 to 604,800, the jitter 0 to 1",
        arguments: [
            (0.1, 1, 0, 0, true), (86_400, 10, 604_800, 1, true), (0.099, 1, 1, 0, false), (86_400.1, 1, 1, 0, false),
            (1, 0.99, 1, 0, false), (1, 10.01, 1, 0, false), (1, 1, -0.1, 0, false), (1, 1, 604_800.1, 0, false),
            (1, 1, 1, -0.01, false), (1, 1, 1, 1.01, false),
        ] as [(Double, Double, Double, Double, Bool)])
    func retry(base: Double, factor: Double, max: Double, jitter: Double, isAccepted: Bool) {
        let isTaken = accepts(.retry) { fields throws(TaskError) in
            try fields.set(retryBase: base, factor: factor, max: max, jitter: jitter)
        }
        #expect(isTaken == isAccepted)
    }

    @Test("What a retry leaves out is standard")
    func retryStandard() throws {
        var fields = TaskFields()
        try fields.set(retryBase: nil, factor: 2)
        #expect(
            fields.work?.value.retry == RetryPolicy(base: .seconds(5), factor: 2, max: .seconds(3_600), jitter: 0.2))
    }

    @Test(
        "A lease is 5 to 43,200 seconds, a time-out 1 to 604,800",
        arguments: [
            (5, true, true), (4.999, false, true), (43_200, true, true), (43_200.1, false, true), (1, false, true),
            (0.999, false, false), (604_800, false, true), (604_800.1, false, false),
        ])
    func lease(seconds: Double, isLease: Bool, isTimeout: Bool) {
        #expect(accepts(.lease) { fields throws(TaskError) in try fields.set(lease: seconds) } == isLease)
        #expect(accepts(.timeout) { fields throws(TaskError) in try fields.set(timeout: seconds) } == isTimeout)
    }

    @Test(
        "A policy is one of three words",
        arguments: [("cancel", true), ("hold", true), ("ignore", true), ("Hold", false), ("", false)])
    func policy(name: String, isAccepted: Bool) {
        #expect(
            accepts(.onDependencyFailure) { fields throws(TaskError) in try fields.set(onDependencyFailure: name) }
                == isAccepted)
    }

    @Test(
        "A unique key has 1 to 256 bytes, and one of two rules or none",
        arguments: [
            ("k", nil, true), (String(repeating: "k", count: 256), "reject", true),
            (String(repeating: "é", count: 128), "existing", true), ("", nil, false),
            (String(repeating: "k", count: 257), nil, false), (String(repeating: "é", count: 129), nil, false),
            ("k", "replace", false), ("k", "", false),
        ] as [(String, String?, Bool)])
    func unique(key: String, rule: String?, isAccepted: Bool) {
        let isTaken = accepts(.unique) { fields throws(TaskError) in try fields.set(uniqueKey: key, onConflict: rule) }
        #expect(isTaken == isAccepted)
    }

    @Test("A new task without a title is called by its type; without either it is refused")
    func title() throws {
        var queue = TestQueue()
        var fields = TaskFields()
        try fields.set(type: "mail")
        queue.run(.create(.test(1), fields))
        #expect(try queue.task(1).title == "mail")
        fields = TaskFields()
        try fields.set(maxAttempts: 2)
        #expect(queue.run(.create(.test(2), fields)).outcome == .refused(.missingField(.title)))
    }

    @Test("A time to begin at is for what is pending", arguments: [TaskStatus.inProgress, .completed, .failed])
    func start(status: TaskStatus) throws {
        var queue = TestQueue()
        let outcome = try queue.add(1) {
            $0.set(status: status)
            try $0.set(delay: 1)
        }
        #expect(outcome == .refused(.invalidField(.delay)))
        try queue.add(2) { $0.set(status: status) }
        let state = try queue.state(2)
        #expect(try queue.patch(2) { try $0.set(delay: 1) } == .refused(.invalidTransition(.test(2), state)))
    }

    /// Whether nothing is thrown; what is thrown names the field.
    private func accepts(_ field: TaskField, _ set: (inout TaskFields) throws(TaskError) -> Void) -> Bool {
        var fields = TaskFields()
        do throws(TaskError) {
            try set(&fields)
            return true
        } catch {
            #expect(error == .invalidField(field))
            return false
        }
    }
}
