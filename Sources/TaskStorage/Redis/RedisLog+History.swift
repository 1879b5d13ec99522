public import TaskEngine
import UVCore

extension RedisLog {
    public func events(after sequence: Int, limit: Int, _ done: @escaping (Result<LogHistory, LogError>) -> Void) {
        guard let session, let position = hold?.position else { return done(.failure(.refused("Redis is not there"))) }
        let now = Timestamp(milliseconds: SystemTime.milliseconds())
        let keys = RedisKeys(address.name)
        let isEnd = sequence == position.sequence
        let first = max(sequence, position.sequence - limits.count)
        guard (0...position.sequence).contains(sequence), first == sequence else { return done(.success(.gone)) }
        if isEnd || limit <= 0 { return done(.success(.events([]))) }
        let command = RedisCommand("XRANGE", keys.events, "\(sequence + 1)-0", "+", "COUNT", "\(limit)")
        session.connection.send(command) { [limits] result in
            done(
                RedisStream.entries(result, TaskEvent.self, named: "e").map { entries in
                    // Behind the one that was named comes the next one, or it was removed.
                    guard let next = entries.first, next.sequence == sequence + 1,
                        next.value.timestamp >= limits.oldestTime(now)
                    else { return .gone }
                    return .events(entries.map(\.value))
                })
        }
    }
}

// MARK: - Removing what is old

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
        guard let session, let end = hold?.position.sequence, !isTroubled else { return }
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
        session?.connection.send(command) { [weak self] result in
            guard let self, case .success(let entries) = RedisStream.entries(result, kind, named: name),
                let last = entries.last(where: { $0.value.timestamp < time })
            else { return }
            session?.connection.send(RedisCommand("XTRIM", key, "MINID", "\(last.sequence + 1)-0")) { [weak self] _ in
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

/// The entries of a stream, as `XRANGE` gives them.
enum RedisStream {
    struct Entry<Value> {
        let sequence: Int
        let value: Value
    }

    /// What stands under `name` in each entry.
    static func entries<Value: Compact>(
        _ result: Result<RedisReply, RedisError>, _ kind: Value.Type, named name: String
    ) -> Result<[Entry<Value>], LogError> {
        guard case .success(let reply) = result, let replies = reply.array else {
            return .failure(.refused(result.trouble))
        }
        var entries: [Entry<Value>] = []
        for reply in replies {
            guard let entry = entry(reply, kind, named: name) else {
                return .failure(.refused("an entry of a stream cannot be read"))
            }
            entries.append(entry)
        }
        return .success(entries)
    }

    private static func entry<Value: Compact>(_ reply: RedisReply, _ kind: Value.Type, named name: String) -> Entry<
        Value
    >? {
        guard let parts = reply.array, parts.count == 2, let id = parts[0].bytes, let fields = parts[1].array,
            let number = id.split(separator: UInt8(ascii: "-")).first,
            let sequence = DecimalNumber.read(number).flatMap({ Int(exactly: $0) }),
            let place = stride(from: 0, to: fields.count - 1, by: 2).first(where: { index in
                fields[index].bytes.map { $0.elementsEqual(name.utf8) } ?? false
            }),
            let bytes = fields[place + 1].bytes, let value = Value(compact: bytes)
        else { return nil }
        return Entry(sequence: sequence, value: value)
    }
}

extension Result<RedisReply, RedisError> {
    /// Why it is not what was wanted.
    var trouble: String {
        switch self {
        case .success(.error(let message)): message
        case .success: "the reply is not of the kind that was wanted"
        case .failure(let error): error.message
        }
    }
}
