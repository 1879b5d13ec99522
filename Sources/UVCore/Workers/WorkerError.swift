/// Why a job of the ``WorkerPool`` has no result of its own.
public enum WorkerError: Error, Hashable, Sendable {
    /// As many jobs wait as may.
    case queueFull
    /// Its time-out has passed.
    case timedOut
    /// It was cancelled.
    case cancelled
}

/// What a ``WorkerPool`` has done since it was made.
public struct WorkerStatistics: Hashable, Sendable {
    public internal(set) var submitted = 0
    public internal(set) var completed = 0
    public internal(set) var failed = 0
    public internal(set) var cancelled = 0
    public internal(set) var timedOut = 0
    /// Jobs that found the queue full.
    public internal(set) var refused = 0
}
