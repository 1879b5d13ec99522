import TaskEngine
import UVCore

/// How the log removes what is old.
extension RedisLog {
    /// Events in a row that are looked at for their age in one step.
    private static let portion = 1_000

    /// Looks for events that have become too old each minute.
    func beginPruning() {
        prune()
        pruning = loop.wait(.seconds(60), repeats: true) { [weak self] in self?.prune() }.unref()
    }

    /// Looks for events that are too many each 1,000 events.
    func pruneIfFull(_ position: LogPosition) {
        guard position.sequence - lookedAt >= 1_000 else { return }
        lookedAt = position.sequence
        prune()
    }

    private func prune() {
        guard let (session, hold) = held else { return }
        let end = hold.position.sequence
        let keys = RedisKeys(address.name)
        let now = Timestamp(milliseconds: SystemTime.milliseconds())
        session.connection.send(RedisCommand("XTRIM", keys.events, "MINID", "\(end - limits.count + 1)-0")) { _ in }
        session.connection.send(RedisCommand("XTRIM", keys.keyed, "MAXLEN", "~", "\(KeyedChanges.standardLimit)")) {
            _ in
        }
        trim(keys.events, TaskEvent.self, named: "e", before: limits.oldestTime(now))
        let oldest = Timestamp(milliseconds: now.milliseconds - KeyedChange.lifetime)
        trim(keys.keyed, KeyedChange.self, named: "k", before: oldest)
    }

    /// Removes the oldest entries that are from before `time`, a portion behind the other.
    private func trim<Entry: Compact & Timed>(
        _ key: String, _ kind: Entry.Type, named name: String, before time: Timestamp
    ) {
        let command = RedisCommand("XRANGE", key, "-", "+", "COUNT", "\(Self.portion)")
        held?.session.connection.send(command) { [weak self] result in
            guard let self, case .success(let entries) = RedisStream.entries(result, kind, named: name),
                let last = entries.last(where: { $0.value.timestamp < time })
            else { return }
            held?.session.connection.send(RedisCommand("XTRIM", key, "MINID", "\(last.sequence + 1)-0")) {
                [weak self] _ in
                if entries.count == Self.portion, last.sequence == entries.last?.sequence {
                    self?.trim(key, kind, named: name, before: time)
                }
            }
        }
    }
}

/// What has a time of its own.
protocol Timed {
    var timestamp: Timestamp { get }
}

extension TaskEvent: Timed {}
extension KeyedChange: Timed {}
