import Logging
import TaskEngine
import TaskStorage
import UVCore
import UVHTTP

/// How the server comes to have the tasks that it has kept, and lets go of their store.
///
/// The store is opened before the server listens, so that one which cannot be used ends the start. It is read after that:
/// while a large one is being read, the server is healthy, and not ready.
extension TaskServer {
    /// The log that `configuration` asks for.
    static func makeLog(_ configuration: Configuration) throws(LoopError) -> any EventLog {
        let limits = HistoryLimits(
            count: configuration.history ?? HistoryLimits().count, age: configuration.historyAge)
        return switch configuration.store {
        case .memory: MemoryLog(capacity: configuration.history ?? 10_000)
        case .file(let path): try SQLiteLog(path, limits: limits)
        case .redis(let address): RedisLog(address, limits: limits)
        }
    }

    /// Opens the store and calls `done`; when it cannot be used, says why and ends the loop with code 1.
    func openStore(_ done: @escaping () -> Void) {
        eventLog.onTrouble = { [log] trouble in
            if let trouble {
                log.error("Changes cannot be kept: \(trouble)")
            } else {
                log.notice("Changes are kept again")
            }
        }
        eventLog.onWarning = { [log] warning in log.warning("\(warning)") }
        eventLog.open { [self] result in
            if let error = result.failure { return giveUp(error) }
            for warning in eventLog.warnings { log.warning("\(warning)") }
            eventLog.agree(on: configuration.queue.shared, replacing: configuration.setsForAll) { [self] result in
                if let error = result.failure { return giveUp(error) }
                done()
            }
        }
    }

    /// Reads the tasks; from then on the server is ready, and `done` is called.
    func loadTasks(_ done: @escaping () -> Void = {}) {
        let start = ContinuousClock.now
        eventLog.load { [self] result in
            guard !isLeaving else { return }
            switch result {
            case .success(let start): begin(with: start)
            case .failure(let error): return giveUp(error)
            }
            board.onReload = { [self] start in
                log.warning("The store has another history: it was read anew, and what was not in it is lost")
                begin(with: start)
                live.restart()
            }
            switch configuration.store {
            case .memory: log.info("Tasks are kept in memory: they are gone when the server ends")
            case .file(let path): tellLoaded(from: path, since: start)
            case .redis(let address): tellLoaded(from: "\(address)", since: start)
            }
            done()
        }
    }

    private func begin(with start: LogStart) {
        queue.begin(with: start)
        live.history.told = start.position.sequence
    }

    private func tellLoaded(from place: String, since start: ContinuousClock.Instant) {
        let count = board.store.count
        let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
        log.info("Loaded \(count == 1 ? "1 task" : "\(count) tasks") from \(place) in \(milliseconds) ms")
    }

    private func giveUp(_ error: LogError) {
        // What is cut off by the end is no fault.
        guard !isLeaving else { return }
        log.error("\(error.message)")
        leave(1)
    }

    /// Closes the store, and then ends the loop with `code`.
    func leave(_ code: Int32) {
        isLeaving = true
        eventLog.close { [loop] in loop.exit(code) }
    }
}

// MARK: - Until the tasks are there

extension TaskServer {
    /// What a supervisor may ask at any time.
    private static let alwaysThere = ["/health", "/ready", MetricsRoute.path]

    /// Why the server should be sent no requests; nil if it may.
    var unreadiness: Unreadiness? {
        guard stage == .running || stage == .retiring else {
            return Unreadiness(.serviceUnavailable, "The server is stopping.")
        }
        if board.isLoading { return .loading }
        guard case .some = eventLog.trouble else { return nil }
        return Unreadiness(.storageUnavailable, "Changes cannot be kept: the log says why.")
    }

    /// Whether the request needs tasks that are still being read; it is answered then.
    func refusesWhileLoading(_ request: IncomingMessage, _ response: ServerResponse) -> Bool {
        if Self.alwaysThere.contains(where: { request.path.utf8.elementsEqual($0.utf8) }) { return false }
        response.setHeader(.retryAfter, "1")
        response.end(Unreadiness.loading.code, Unreadiness.loading.message)
        return true
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
