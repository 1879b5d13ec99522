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
    /// Jobs that were taken on.
    public internal(set) var submitted = 0
    /// Jobs that returned.
    public internal(set) var completed = 0
    /// Jobs that threw.
    public internal(set) var failed = 0
    /// Jobs that were cancelled before they had ended.
    public internal(set) var cancelled = 0
    /// Jobs whose time had passed before they had ended.
    public internal(set) var timedOut = 0
    /// Jobs that found the queue full.
    public internal(set) var refused = 0
}
