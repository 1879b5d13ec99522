import UVHTTP

/// How a request is read and answered: `/early/1` says it in its path. Others are read, and answered at once.
enum Manner: String, CaseIterable {
    /// The answer does not wait for the body.
    case early
    /// The answer comes in a later phase than the end of the body.
    case late
    /// The body is not read before the next turn of the loop.
    case paused
    /// The answer is written in two phases, so that its length is not known.
    case pieces

    @LoopActor
    init?(of request: IncomingMessage) {
        guard let manner = Self.allCases.first(where: { request.path.hasPrefix("/\($0)/") }) else { return nil }
        self = manner
    }
}
