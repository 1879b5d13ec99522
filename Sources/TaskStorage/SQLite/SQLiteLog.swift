public import TaskEngine
public import UVCore

/// A log in an SQLite file: what it has kept survives a crash of the server and of the machine.
///
/// ```
///   loop       append ──────────────────────────────────────────▶ onOutcome
///                 │  one at a time                                    ▲
///   its thread    └─▶ BEGIN, events, rows, COMMIT: pwrite, fdatasync ─┘
/// ```
///
/// All that touches the file is done by a thread of the log's own, so a slow disk holds up no other client, and no report
/// holds up a write. The events and the tasks' rows that they change are one transaction.
///
/// When the file cannot be written, appends fail at once and the log tries again each second, until it can.
@LoopActor
public final class SQLiteLog: EventLog {
    public nonisolated let path: String
    public let limits: HistoryLimits

    public let hasOneWriter = true
    public var onTrouble: ((String?) -> Void)?
    public var onOutcome: ((AppendOutcome) -> Void)?

    public private(set) var trouble: String? {
        didSet {
            switch (oldValue, trouble) {
            case (nil, nil), (.some, .some): break
            default: onTrouble?(trouble)
            }
        }
    }

    /// How long an append may be in doubt before it fails as ``LogError/unknown(_:)``.
    static let doubtLimit = 10

    private let loop = EventLoop.current
    private let thread: DedicatedThread
    /// Nil until ``open(_:)`` has succeeded, and once it is closed.
    private var store: SQLiteStore?
    /// Ends the reading of the tasks, before the store is closed on the same thread.
    private let interruption = Interruption()
    private var clock: Timeout?
    /// The last event when it was last looked whether there are too many.
    private var lookedAt = 0
    /// Which try it is to find out what became of an append; nil while none is in doubt.
    private var doubt: (tries: Int, message: String)?

    /// - Throws: ``LoopError`` if no thread can be had.
    public init(_ path: String, limits: HistoryLimits = HistoryLimits()) throws(LoopError) {
        self.path = path
        self.limits = limits
        thread = try DedicatedThread()
    }
}

// MARK: - The start and the end

extension SQLiteLog {
    /// Opens the file, or makes it, and calls `done`. When that fails, the files are as they were.
    public func open(_ done: @escaping (Result<Void, LogError>) -> Void) {
        thread.run { [path] in
            Result { () throws(LogError) in try SQLiteStore(path) }
        } then: { [self] result in
            store = try? result.get()
            done(result.map { _ in })
        }
    }

    /// Reads all tasks on the log's thread: the loop goes on meanwhile.
    public func load(_ done: @escaping (Result<LogStart, LogError>) -> Void) {
        guard let store else { return done(.failure(.refused("\(path) is not open"))) }
        thread.run { [interruption] in
            Result { () throws(LogError) in try store.load(until: interruption) }
        } then: { [self] result in
            if case .success = result { beginPruning() }
            done(result)
        }
    }

    public func close(_ done: @escaping () -> Void) {
        clock?.cancel()
        interruption.request()
        guard let store = store.take() else { return done() }
        thread.run {
            // What is left in the write-ahead log is read at the next start.
            try? store.close()
        } then: { [thread] in
            thread.close()
            done()
        }
    }
}

// MARK: - Appending

extension SQLiteLog {
    public func append(_ events: [TaskEvent], behind position: LogPosition) -> AppendOutcome? {
        guard let store else { return .failed(.refused("\(path) is not open")) }
        if let trouble { return .failed(.refused(trouble)) }
        thread.run {
            store.append(events, behind: position)
        } then: { [self] outcome in
            conclude(outcome, store)
        }
        return nil
    }

    private func conclude(_ outcome: SQLiteStore.Outcome, _ store: SQLiteStore) {
        switch outcome {
        case .kept(let position):
            pruneIfFull(position)
            onOutcome?(.kept(position))
        case .refused(let message):
            trouble = message
            tryAgain(store, after: .seconds(1))
            onOutcome?(.failed(.refused(message)))
        case .inDoubt(let message):
            trouble = message
            doubt = (tries: 0, message: message)
            tryAgain(store, after: .zero)
        }
    }

    /// Tries to write, and again each second until it succeeds.
    private func tryAgain(_ store: SQLiteStore, after delay: Duration) {
        let wait = loop.wait(delay) { [self] in
            guard self.store != nil else { return }
            thread.run {
                store.settle()
            } then: { [self] trouble in
                didTry(trouble, store)
            }
        }
        // An append that is in doubt is answered before the loop ends.
        if doubt == nil { wait.unref() }
    }

    private func didTry(_ trouble: String?, _ store: SQLiteStore) {
        self.trouble = trouble
        guard case .some = trouble else { return endDoubt { .refused($0) } }
        if let tries = doubt?.tries, tries >= Self.doubtLimit { endDoubt { .unknown($0) } }
        doubt?.tries += 1
        tryAgain(store, after: .seconds(1))
    }

    /// Answers the append that is in doubt, if one is.
    private func endDoubt(_ error: (String) -> LogError) {
        if let doubt = doubt.take() { onOutcome?(.failed(error(doubt.message))) }
    }
}

// MARK: - History

extension SQLiteLog {
    public func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void) {
        guard let store else { return done(.failure(.refused("\(path) is not open"))) }
        let now = Timestamp(milliseconds: SystemTime.milliseconds())
        thread.run { [limits] in
            Result { () throws(LogError) in
                try store.history(after: sequence, limit: limit, within: limits, now: now)
            }
        } then: { result in
            done(result)
        }
    }

    /// Looks for events that have become too old each minute.
    private func beginPruning() {
        prune()
        clock = loop.setInterval(.seconds(60)) { [weak self] in self?.prune() }
        clock?.unref()
    }

    /// Looks for events that are too many each 1,000 events.
    private func pruneIfFull(_ position: LogPosition) {
        guard position.sequence - lookedAt >= 1_000 else { return }
        lookedAt = position.sequence
        prune()
    }

    private func prune() {
        guard let store else { return }
        let now = Timestamp(milliseconds: SystemTime.milliseconds())
        thread.run { [limits] in
            store.prune(limits, now: now)
        } then: { [self] hasMore in
            if hasMore { prune() }
        }
    }
}
