import TaskEngine

/// The rows of changes that were made under a key. Memory has them, too, and finds them there: these are read at the start.
struct KeyedChangeTable {
    private let write, read, remove: Statement

    init(_ database: Database) throws(DatabaseError) {
        write = try database.prepare("INSERT INTO keyed_change (\(Self.columns)) VALUES (?, ?, ?, ?, ?)")
        read = try database.prepare("SELECT \(Self.columns) FROM keyed_change ORDER BY seq")
        remove = try database.prepare("DELETE FROM keyed_change WHERE seq <= ?")
    }

    /// How many rows are removed at once.
    static let portion = 1_000

    private static let columns = "seq, time, name, task_id, key"

    func add(_ change: KeyedChange) throws(DatabaseError) {
        write.bind(change.sequence, 1)
        write.bind(change.timestamp.milliseconds, 2)
        write.bind(change.kind.name, 3)
        write.bind(change.taskID, 4)
        write.bind(change.key, 5)
        try write.run()
    }

    /// The changes, and how many rows there are: perhaps more, until they are pruned.
    func changes() throws(DatabaseError) -> (KeyedChanges, rows: Int) {
        var (changes, rows) = (KeyedChanges(), 0)
        while let row = try next() {
            guard let change = row.change else {
                throw DatabaseError(damage: "the row of the key of event \(row.sequence) cannot be read")
            }
            changes.add(change)
            rows += 1
        }
        return (changes, rows)
    }

    /// The next row in the order of numbers, with its change, unless it is none; nil behind the last.
    func next() throws(DatabaseError) -> (sequence: Int, change: KeyedChange?)? {
        guard try read.step() else { return nil }
        let sequence = read.integer(0)
        guard let time = read.time(1), let kind = KeyedChange.Kind(name: read.text(2)), let id = read.id(3),
            let key = read.key(4)
        else { return (sequence, nil) }
        return (sequence, KeyedChange(key: key, kind: kind, taskID: id, sequence: sequence, timestamp: time))
    }

    /// Removes the oldest: `surplus` of them, and those behind them from before `time`, but ``portion`` at most.
    ///
    /// - Returns: How many were removed.
    /// - Complexity: O(those that are removed).
    func prune(surplus: Int, before time: Timestamp) throws(DatabaseError) -> Int {
        var (count, last) = (0, 0)
        while count < Self.portion, try read.step() {
            guard count < surplus || read.integer(1) < time.milliseconds else { break }
            last = read.integer(0)
            count += 1
        }
        read.reset()
        guard count > 0 else { return 0 }
        remove.bind(last, 1)
        try remove.run()
        return count
    }
}

extension KeyedChange.Kind {
    /// The name of the event that such a change begins with.
    fileprivate var name: String {
        switch self {
        case .created: "task.created"
        case .updated: "task.updated"
        case .deleted: "task.deleted"
        }
    }

    fileprivate init?(name: String) {
        guard let kind = Self.allCases.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return nil }
        self = kind
    }
}

extension Statement {
    /// The 32 bytes of a key.
    func bind(_ key: IdempotencyKey, _ index: Int32) {
        let words: InlineArray<4, UInt64> = [
            key.name.high.bigEndian, key.name.low.bigEndian, key.content.high.bigEndian, key.content.low.bigEndian,
        ]
        bind(words.span.bytes, index)
    }

    /// The key in that column; nil if what stands there is none.
    func key(_ column: Int32) -> IdempotencyKey? {
        withBytes(column) { bytes in
            guard bytes.byteCount == 32 else { return nil }
            let (high, low) = (bytes.bigEndianWord(at: 0), bytes.bigEndianWord(at: 8))
            return IdempotencyKey(
                name: IdempotencyKey.Fingerprint(high: high, low: low),
                content: IdempotencyKey.Fingerprint(
                    high: bytes.bigEndianWord(at: 16), low: bytes.bigEndianWord(at: 24)))
        }
    }
}
