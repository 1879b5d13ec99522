/// What a handler throws to say how its task has failed. Anything else that it throws is a failure that may pass, with the
/// error's text.
public struct TaskFailure: Error, Sendable {
    /// For people; the server cuts it at 1,000 scalars.
    public let message: String

    /// Whether another attempt may succeed.
    public let isRetryable: Bool

    /// How long the task waits before that, in place of what its retries say. The server takes 0 to seven days: more is
    /// told as seven days, and a negative duration as 0.
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
    package init(_ id: ClaimID, result: JSON?) {
        self.id = id
        if let message = result.flatMap(Self.excess) {
            kind = .fail(message: message, isRetryable: false, retryAfter: nil)
        } else {
            kind = .complete(result)
        }
    }

    /// Why the server would not take `result`, and with it nothing of the turn; nil if it would.
    private static func excess(of result: JSON) -> String? {
        let size = result.bytes.count
        if size > longestResult { return "The result has \(size) bytes; \(longestResult) are taken." }
        if let depth = result.depth, depth <= deepestResult { return nil }
        return "The result is nested deeper than \(deepestResult) levels."
    }

    /// What comes of a task whose handler has thrown `error`.
    package init(_ id: ClaimID, error: any Error) {
        self.id = id
        let failure = error as? TaskFailure ?? TaskFailure("\(error)")
        let message = String(String.UnicodeScalarView(failure.message.unicodeScalars.prefix(1_000)))
        let delay = failure.retryAfter.map { min(max($0, .zero), Self.longestDelay) }
        kind = .fail(message: message, isRetryable: failure.isRetryable, retryAfter: delay)
    }

    private static let longestResult = 64 << 10

    /// The server takes 128 levels, and three of them are the turn's.
    private static let deepestResult = 125

    /// Seven days, which is what the server takes.
    private static let longestDelay: Duration = .seconds(604_800)
}
