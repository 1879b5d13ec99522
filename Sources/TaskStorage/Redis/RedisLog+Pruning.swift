import TaskEngine
import UVCore

/// How the log removes what is old.
extension RedisLog {
    /// Events in a row that are looked at for their age in one step.
    private static let portion = 1_000

    /// Looks each minute for what has become too old.
    func beginPruning() {
        prune()
        pruning = loop.wait(.seconds(60), repeats: true) { [weak self] in self?.prune() }.unref()
    }

    /// Looks for events that are too many each 1,000 events.
    func pruneIfFull(_ position: LogPosition) {
        guard position.sequence - lookedAt >= 1_000 else { return }
        lookedAt = position.sequence
        trimEvents(before: position.sequence - limits.count + 1)
    }

    /// Removes what is too much or too old.
    func prune() {
        guard let (session, _, end) = joined else { return }
        let keys = session.keys
        let now = Timestamp(milliseconds: SystemTime.milliseconds())
        trimEvents(before: end.position.sequence - limits.count + 1)
        session.connection.send(RedisCommand("XTRIM", keys.keyed, "MAXLEN", "~", "\(KeyedChanges.standardLimit)")) {
            _ in
        }
        sweep()
        trim(keys.events, TaskEvent.self, before: limits.oldestTime(now)) { [weak self] first, _, next in
            self?.trimEvents(before: first, next)
        }
        let oldest = Timestamp(milliseconds: now.milliseconds - KeyedChange.lifetime)
        trim(keys.keyed, KeyedChange.self, before: oldest) { first, session, next in
            session.connection.send(RedisCommand("XTRIM", session.keys.keyed, "MINID", "\(first)-0")) { result in
                if case .success(.integer) = result { next() }
            }
        }
    }

    /// Forgets deletions of tasks that others needed, when they are many; one server does.
    func sweep(least: Int = 1_000, _ done: @escaping () -> Void = {}) {
        guard isFirst, !isSweeping, let (session, member, _) = joined else { return done() }
        isSweeping = true
        RedisSweep(session, member) { [weak self] in
            self?.isSweeping = false
            done()
        }.begin(least: least)
    }

    /// Removes events, but for those that a server needs which reads the store.
    private func trimEvents(before first: Int, _ next: @escaping () -> Void = {}) {
        guard first > 0, let (session, member, _) = joined else { return }
        var command = RedisCommand(of: member)
        command.append("\(first)")
        session.run(.trim, command) { result in
            if case .success(let returned) = result, returned.verdict == .kept { next() }
        }
    }

    /// Has `remove` take away the oldest entries that are from before `time`, a portion behind the other; one is looked at
    /// first, since mostly none is.
    private func trim<Entry: Compact & Timed>(
        _ key: String, _ kind: Entry.Type, before time: Timestamp, looks: Int = 1, behind former: Int = -1,
        _ remove: @escaping (_ before: Int, RedisSession, _ next: @escaping () -> Void) -> Void
    ) {
        let command = RedisCommand("XRANGE", key, "-", "+", "COUNT", "\(looks)")
        joined?.session.connection.send(command) { [weak self] result in
            guard let self, let session = joined?.session,
                case .success(let entries) = RedisStream.values(result, kind),
                let last = entries.last(where: { $0.value.timestamp < time }),
                // Otherwise those of before are there still: a server that reads the store needs them.
                let first = entries.first?.sequence, first > former
            else { return }
            let hasMore = entries.count == looks && last.sequence == entries.last?.sequence
            remove(last.sequence + 1, session) { [weak self] in
                if hasMore { self?.trim(key, kind, before: time, looks: Self.portion, behind: first, remove) }
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
