/// What a handler throws to say how its task has failed. Anything else that it throws is a failure that may pass, with the
/// error's text.
public struct TaskFailure: Error, Sendable {
    /// For people; the server cuts it at 1,000 scalars.
    public let message: String

    /// Whether another attempt may succeed.
    public let isRetryable: Bool

    /// How long the task waits before that, in place of what its retries say.
    public let retryAfter: Duration?

    /// A failure behind which another attempt is made, unless it says otherwise.
    public init(_ message: String, retryable: Bool = true, retryAfter: Duration? = nil) {
        (self.message, isRetryable, self.retryAfter) = (message, retryable, retryAfter)
    }
}

extension TaskFailure: CustomStringConvertible {
    public var description: String { message }
}

extension Turn.Outcome {
    /// What comes of a task whose handler has returned `result`.
    init(_ id: ClaimID, result: JSON?) {
        self.id = id
        if let size = result?.bytes.count, size > Self.longestResult {
            let message = "The result has \(size) bytes; \(Self.longestResult) are taken."
            kind = .fail(message: message, isRetryable: false, retryAfter: nil)
        } else {
            kind = .complete(result)
        }
    }

    /// What comes of a task whose handler has thrown `error`.
    init(_ id: ClaimID, error: any Error) {
        self.id = id
        let failure = error as? TaskFailure ?? TaskFailure("\(error)")
        let message = String(String.UnicodeScalarView(failure.message.unicodeScalars.prefix(1_000)))
        kind = .fail(message: message, isRetryable: failure.isRetryable, retryAfter: failure.retryAfter)
    }

    private static let longestResult = 64 << 10
}
