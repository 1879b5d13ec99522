import TaskEngine

/// The entries of a stream, as `XRANGE` gives them.
enum RedisStream {
    struct Entry {
        let sequence: Int
        /// Names and values, in turns, as the entry was written.
        let fields: [RedisReply]

        /// What stands under the first name.
        func value<Value: Compact>(_: Value.Type) -> Value? {
            fields.count < 2 ? nil : fields[1].bytes.flatMap { Value(compact: $0) }
        }

        /// The append that has written it, which stands under the second name.
        var append: UInt64? { fields.count < 4 ? nil : fields[3].bytes.flatMap { DecimalNumber.read($0) } }
    }

    /// Nil if it is no row of entries.
    static func entries(_ reply: RedisReply) -> [Entry]? {
        guard let replies = reply.array else { return nil }
        var entries: [Entry] = []
        entries.reserveCapacity(replies.count)
        for reply in replies {
            guard let parts = reply.array, parts.count == 2, let id = parts[0].bytes, let fields = parts[1].array,
                let number = id.split(separator: UInt8(ascii: "-")).first,
                let sequence = DecimalNumber.read(number).flatMap({ Int(exactly: $0) }), sequence < 1 << 62
            else { return nil }
            entries.append(Entry(sequence: sequence, fields: fields))
        }
        return entries
    }

    /// The entries of the one stream that `XREAD` was asked for; none if it has waited in vain.
    static func news(_ reply: RedisReply) -> [Entry]? {
        if case .null = reply { return [] }
        guard let streams = reply.array, streams.count == 1, let parts = streams[0].array, parts.count == 2 else {
            return nil
        }
        return entries(parts[1])
    }

    /// What the entries are of a command that was to give some.
    static func values<Value: Compact>(
        _ result: Result<RedisReply, RedisError>, _ kind: Value.Type
    ) -> Result<[(sequence: Int, value: Value)], LogError> {
        guard case .success(let reply) = result, let entries = entries(reply) else {
            return .failure(.refused(result.trouble))
        }
        var values: [(sequence: Int, value: Value)] = []
        for entry in entries {
            guard let value = entry.value(kind) else {
                return .failure(.refused("an entry of a stream cannot be read"))
            }
            values.append((entry.sequence, value))
        }
        return .success(values)
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

/// What stands in the log behind a position.
enum RedisReading {
    /// These, in order, up to that end; `append` is that of the first.
    case events([TaskEvent], append: UInt64, RedisEnd)
    /// The position is of no history that is there: what stood in front of it is lost.
    case lost
    /// Some of what stands behind it was removed.
    case gone
    /// An event cannot be read.
    case damaged

    /// Reads `entries`, which are those of some numbers on up to `end`'s or later.
    ///
    /// - Complexity: O(bytes of those behind it).
    init(_ entries: [RedisStream.Entry], behind end: RedisEnd) {
        let position = end.position
        if let own = entries.first(where: { $0.sequence == position.sequence }), own.append != position.append {
            self = .lost
            return
        }
        var (events, reached, first): ([TaskEvent], RedisEnd, UInt64?) = ([], end, nil)
        for entry in entries where entry.sequence > position.sequence {
            guard entry.sequence == reached.position.sequence + 1 else {
                self = .gone
                return
            }
            guard let event = entry.value(TaskEvent.self), event.sequence == entry.sequence, let append = entry.append
            else {
                self = .damaged
                return
            }
            events.append(event)
            reached.pass(event, append: append)
            first = first ?? append
        }
        self = .events(events, append: first ?? position.append, reached)
    }
}
