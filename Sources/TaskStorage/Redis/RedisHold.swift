import TaskEngine

/// How a server holds a store: as its generation, at the end that it knows.
struct RedisHold {
    let generation: String
    var position: LogPosition
    /// The highest id that was given.
    var lastID: TaskID?
}

extension RedisHold {
    /// What ``RedisScript/take`` has returned.
    init(_ words: [[UInt8]]) throws(RedisError) {
        guard words.count == 5, let epoch = DecimalNumber.read(words[1]),
            let sequence = DecimalNumber.read(words[2]).flatMap({ Int(exactly: $0) }),
            let append = DecimalNumber.read(words[3])
        else { throw .protocol("the end of the log cannot be read") }
        lastID = TaskID(String(decoding: words[4], as: UTF8.self))
        if lastID == nil, !words[4].isEmpty { throw .protocol("the highest id cannot be read") }
        generation = String(decoding: words[0], as: UTF8.self)
        position = LogPosition(epoch: LogEpoch(number: epoch), sequence: sequence, append: append)
    }

    /// The same behind an append of `events`.
    func behind(_ events: [TaskEvent]) -> RedisHold {
        var next = self
        next.position = LogPosition(
            epoch: position.epoch, sequence: events.last?.sequence ?? position.sequence,
            append: .random(in: 1 ... .max))
        for event in events {
            if case .created(let task) = event.change { next.lastID = lastID.map { max($0, task.id) } ?? task.id }
        }
        return next
    }
}
