/// When each thing happened to a request, and which time-out that means. A pure value; all in the loop's milliseconds.
struct RequestTimes: Equatable {
    /// What the request waits for.
    enum Phase: Equatable {
        /// A connection that others have. Only the whole time counts.
        case queued
        case connecting
        /// The program, or the server to take what it has written, also when the answer has come before that.
        case sending
        /// `100 Continue`.
        case held
        /// The head of the answer.
        case head
        /// The next byte of the answer.
        case body
        /// The reader of the answer: no time counts against the server.
        case heldUp
    }

    private(set) var phase = Phase.queued
    private let start: Int64
    /// Since when the phase goes on, or when the last byte has come.
    private var since: Int64

    init(at now: Int64) { (start, since) = (now, now) }

    mutating func enter(_ phase: Phase, at now: Int64) { (self.phase, since) = (phase, now) }

    /// Something has moved in either direction.
    mutating func progress(at now: Int64) {
        if phase == .body || phase == .sending { since = now }
    }

    /// A time-out that is ahead.
    struct Due: Equatable {
        let at: Int64
        let kind: HTTPClient.Timeouts.Kind

        /// Nil without a limit.
        fileprivate init?(_ since: Int64, _ limit: Duration?, _ kind: HTTPClient.Timeouts.Kind) {
            guard let limit else { return nil }
            let (sum, isTooLarge) = since.addingReportingOverflow(limit.wholeMilliseconds)
            (at, self.kind) = (isTooLarge ? .max : sum, kind)
        }
    }

    /// The next time-out; nil for none.
    func due(_ limits: HTTPClient.Timeouts) -> Due? {
        let ofPhase: Due? =
            switch phase {
            case .queued, .heldUp: nil
            case .connecting: Due(since, limits.connect, .connect)
            case .sending: Due(since, limits.idle, .idle)
            case .held: Due(since, limits.continue, .continue)
            case .head: Due(since, limits.head, .head)
            case .body: Due(since, limits.idle, .idle)
            }
        return [ofPhase, Due(start, limits.whole, .whole)].compactMap { $0 }.min { $0.at < $1.at }
    }
}
