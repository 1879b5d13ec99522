/// A worker's hold on a task. How long it lasts, and never until when: the deadline is kept by the clock of one server.
public struct Lease: Sendable, Hashable {
    /// The name that the worker gave in its claim.
    public var worker: PlainText
    /// The number of the claim's event: no two claims have the same, and a later one has a higher.
    public var fence: Int
    /// How long it lasts from the claim or the last renewal on, as the log says. A renewal that makes it no longer is
    /// no event.
    public var length: Duration
    /// How long the attempt may take in all; nil for as long as it likes.
    public var timeout: Duration?
    /// Whether it was renewed at all: a lease that runs out without a renewal is a stall.
    public var isRenewed = false
    /// What the worker has called its claim by.
    public var claimKey: PlainText?
    /// When it was claimed, for people.
    public var since: Timestamp
    /// The server whose clock keeps it, which has given it or renewed it last; 0 on a log that has one writer.
    public var server: Int

    /// A lease that was not renewed yet.
    public init(
        worker: PlainText, fence: Int, length: Duration, timeout: Duration?, claimKey: PlainText?, since: Timestamp,
        server: Int = 0
    ) {
        self.worker = worker
        self.fence = fence
        self.length = length
        self.timeout = timeout
        self.claimKey = claimKey
        self.since = since
        self.server = server
    }
}
