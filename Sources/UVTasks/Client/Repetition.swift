import UVCore
import UVWebSocket

/// Whether a question that has failed is asked again, and when: a pure value.
///
/// | | may be repeated | may not |
/// |---|---|---|
/// | no answer, `OUTCOME_UNKNOWN` | again | no: it may have been done |
/// | another 503, 429 | again | again: nothing was done |
/// | any other refusal | no | no |
struct Repetition {
    private var attempts = 3
    private var backoff = Backoff()

    /// How long to wait before the next attempt, at least as long as the server has asked for; nil to give up.
    mutating func delay(
        after error: TaskError, isRepeatable: Bool, using generator: inout some RandomNumberGenerator
    ) -> Duration? {
        attempts -= 1
        guard attempts > 0, error.isPassing, isRepeatable || wasRefusedUndone(error) else { return nil }
        let delay = max(backoff.delay(using: &generator), error.retryAfter ?? .zero)
        return delay > Self.longest ? nil : delay
    }

    private func wasRefusedUndone(_ error: TaskError) -> Bool {
        guard case .refused(let refusal) = error, refusal.status == 503 || refusal.status == 429 else { return false }
        return !refusal.code.isSame(as: "OUTCOME_UNKNOWN")
    }

    /// A program that asks waits no longer than this for the next attempt.
    private static let longest: Duration = .seconds(20)
}
