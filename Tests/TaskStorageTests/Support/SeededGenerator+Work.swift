import SeededRandom
import TaskEngine

/// States of the work queue, of every kind and of none that a server would come to by itself.
extension SeededGenerator {
    mutating func workState() -> WorkState {
        var state = WorkState()
        state.settings = workSettings()
        state.due = maybe { $0.once(in: 2) ? .instant($0.time()) : .delay($0.duration(), since: $0.time()) }
        state.lease = maybe {
            var lease = Lease(
                worker: $0.text(), fence: $0.number(), length: $0.duration(), timeout: $0.maybe { $0.duration() },
                claimKey: $0.maybe { $0.text() }, since: $0.time())
            lease.isRenewed = $0.once(in: 2)
            lease.server = $0.number()
            return lease
        }
        state.attempt = number()
        state.stalls = number()
        state.attempts = (0..<Int.random(in: 0...Attempt.kept, using: &self)).map { _ in attempt() }
        state.lastFence = maybe { $0.number() }
        state.startedAt = maybe { $0.time() }
        state.finishedAt = maybe { $0.time() }
        state.error = maybe { $0.workError() }
        state.cancellation = maybe {
            Cancellation(
                reason: $0.maybe { $0.text() },
                by: $0.maybe { TaskID(high: $0.next(), low: $0.next()) })
        }
        state.isEndedByQueue = once(in: 2)
        return state
    }

    mutating func workSettings() -> WorkSettings {
        var settings = WorkSettings()
        settings.type = maybe { $0.text() }
        settings.maxAttempts = maybe { $0.number() }
        settings.retry = maybe { $0.retry() }
        settings.lease = maybe { $0.duration() }
        settings.timeout = maybe { $0.maybe { $0.duration() } }
        settings.maxStalls = maybe { $0.number() }
        settings.onDependencyFailure = maybe { DependencyPolicy.allCases.randomElement(using: &$0) ?? .hold }
        settings.unique = maybe {
            UniqueKey(key: $0.text(), onConflict: $0.once(in: 2) ? .reject : .existing)
        }
        return settings
    }

    mutating func projectSettings() -> ProjectSettings {
        var settings = ProjectSettings()
        settings.isPaused = once(in: 2)
        settings.maxRunning = maybe { $0.number() }
        settings.lease = maybe { $0.duration() }
        settings.maxAttempts = maybe { $0.number() }
        settings.retry = maybe { $0.retry() }
        settings.timeout = maybe { $0.duration() }
        return settings
    }

    mutating func cause() -> TaskEvent.Cause? {
        maybe {
            TaskEvent.Cause(
                TaskEvent.Cause.Kind.allCases.randomElement(using: &$0) ?? .ready,
                by: $0.maybe { TaskID(high: $0.next(), low: $0.next()) }, isLate: $0.once(in: 2))
        }
    }

    /// - Parameter length: how many letters it has at most.
    mutating func body(upTo length: Int = 2_000) -> JSONBody {
        let letters = String(repeating: "ä", count: Int.random(in: 0...length, using: &self))
        return JSONBody(checked: Array("\"\(letters)\"".utf8))
    }

    mutating func bodyChange() -> BodyChange? {
        let change = BodyChange(
            payload: maybe { $0.maybe { $0.body() } }, result: maybe { $0.maybe { $0.body() } })
        return change == BodyChange() ? nil : change
    }

    private mutating func attempt() -> Attempt {
        Attempt(
            worker: text(), fence: number(), startedAt: time(), endedAt: time(),
            outcome: Attempt.Outcome.allCases.randomElement(using: &self) ?? .failed, error: maybe { $0.workError() })
    }

    private mutating func workError() -> WorkError {
        WorkError(code: maybe { $0.text() }, message: text(), details: maybe { $0.body(upTo: 9) })
    }

    private mutating func retry() -> RetryPolicy {
        RetryPolicy(
            base: duration(), factor: .random(in: 1...10, using: &self), max: duration(),
            jitter: .random(in: 0...1, using: &self))
    }

    private mutating func text() -> PlainText {
        PlainText(
            ["", "email", "e\u{301}\u{0}", "\u{1F600} long enough to lie apart"].randomElement(using: &self) ?? "")
    }

    private mutating func number() -> Int {
        [0, 1, 20, 1 << 40, .max].randomElement(using: &self) ?? 0
    }

    private mutating func time() -> Timestamp {
        Timestamp(milliseconds: .random(in: -5...2_000_000_000_000, using: &self))
    }

    private mutating func duration() -> Duration {
        [.zero, .seconds(30), .milliseconds(1), .nanoseconds(1), .seconds(31_536_000)].randomElement(using: &self)
            ?? .zero
    }

    private mutating func maybe<Value>(_ make: (inout SeededGenerator) -> Value) -> Value? {
        once(in: 2) ? make(&self) : nil
    }
}
