import TaskEngine

/// Where a log on Redis ends.
struct RedisEnd {
    var position: LogPosition
    /// The highest id that was given.
    var lastID: TaskID?

    /// The same behind `events`, which are of one append.
    func behind(_ events: [TaskEvent], append: UInt64) -> RedisEnd {
        var end = self
        for event in events { end.pass(event, append: append) }
        return end
    }

    /// Moves on behind an event.
    mutating func pass(_ event: TaskEvent, append: UInt64) {
        position = LogPosition(epoch: position.epoch, sequence: event.sequence, append: append)
        if case .created(let task) = event.change { lastID = lastID.map { max($0, task.id) } ?? task.id }
    }
}

extension RedisEnd {
    /// The words that a script returns of it.
    static let wordCount = 4

    /// Reads the first of a script's words.
    init(_ words: [[UInt8]]) throws(RedisError) {
        guard words.count >= Self.wordCount, let epoch = DecimalNumber.read(words[0]),
            let sequence = DecimalNumber.read(words[1]).flatMap({ Int(exactly: $0) }), sequence < 1 << 62,
            let append = DecimalNumber.read(words[2])
        else { throw .protocol("the end of the log cannot be read") }
        lastID = TaskID(String(decoding: words[3], as: UTF8.self))
        if lastID == nil, !words[3].isEmpty { throw .protocol("the highest id cannot be read") }
        position = LogPosition(epoch: LogEpoch(number: epoch), sequence: sequence, append: append)
    }
}

/// How a server is known to the store.
struct RedisMember {
    /// Its number, which no other server gets.
    let server: Int
    /// Which of its connections it is.
    let generation: String
    /// Its entry in the stream of those that join.
    let joinID: String

    /// Reads what ``RedisScript/join`` has returned behind the end.
    init(_ words: ArraySlice<[UInt8]>) throws(RedisError) {
        let words = Array(words)
        guard words.count == 3, let server = DecimalNumber.read(words[0]).flatMap({ Int(exactly: $0) }) else {
            throw .protocol("the number of the server cannot be read")
        }
        self.server = server
        generation = String(decoding: words[1], as: UTF8.self)
        joinID = String(decoding: words[2], as: UTF8.self)
    }
}
