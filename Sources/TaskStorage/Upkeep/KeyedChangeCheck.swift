import TaskEngine

/// Compares the rows of changes under keys with the events, both in the order of their numbers.
///
/// ```
///   events         12  13k 14  15k 16k 17        k: made under a key
///   rows      9k       13k         16k           9: its event was removed.  15: its row is missing
/// ```
///
/// Rows are removed when they are a day old, or too many: the oldest first. So a row is missing where there is an older one,
/// and where its event is not a day old and there are not as many rows as are kept.
struct KeyedChangeCheck {
    private let table: KeyedChangeTable
    /// The first row that the events have not come to; nil behind the last.
    private var row: (sequence: Int, change: KeyedChange?)?
    private var hasPassedRow = false
    private var hasPassedEvent = false
    /// The time from which on each change has its row; nil if there are as many rows as are kept.
    private var oldest: Timestamp?

    init(_ database: Database, now: Timestamp) throws(DatabaseError) {
        table = try KeyedChangeTable(database)
        row = try table.next()
        let rows = try database.number("SELECT count(*) FROM keyed_change") ?? 0
        guard rows < KeyedChanges.standardLimit else { return }
        // A clock that was set back has removed rows by the time that it had before.
        let last = try database.number("SELECT time FROM event ORDER BY seq DESC LIMIT 1") ?? 0
        oldest = Timestamp(milliseconds: max(now.milliseconds, Int64(last)) - KeyedChange.lifetime)
    }

    /// Comes to the event of that number, nil if it cannot be read, and returns what is different since the one before.
    mutating func pass(_ number: Int, _ event: TaskEvent?) throws(DatabaseError) -> [Difference] {
        // Of a row from before the oldest event nothing more is known.
        var differences = try passRows(below: number, areSurplus: hasPassedEvent)
        hasPassedEvent = true
        if let row, row.sequence == number {
            if let event, let difference = Self.difference(of: row.change, from: event) {
                differences.append(difference)
            }
            try goOn()
        } else if let change = event?.keyedChange, mustHaveRow(change) {
            differences.append(.missingKey(number))
        }
        return differences
    }

    /// Comes to the end of the log, and returns what is different since the last event.
    mutating func pass(end: Int) throws(DatabaseError) -> [Difference] {
        let known = try passRows(below: end + 1, areSurplus: hasPassedEvent)
        return try known + passRows(below: .max, areSurplus: true)
    }

    private mutating func passRows(below number: Int, areSurplus: Bool) throws(DatabaseError) -> [Difference] {
        var differences: [Difference] = []
        while let row, row.sequence < number {
            if areSurplus {
                differences.append(.surplusKey(row.sequence))
            } else if row.change == nil {
                differences.append(.unreadableKey(row.sequence))
            }
            try goOn()
        }
        return differences
    }

    private mutating func goOn() throws(DatabaseError) {
        row = try table.next()
        hasPassedRow = true
    }

    private static func difference(of change: KeyedChange?, from event: TaskEvent) -> Difference? {
        guard let change else { return .unreadableKey(event.sequence) }
        guard let made = event.keyedChange else { return .surplusKey(event.sequence) }
        return change == made ? nil : .otherKey(event.sequence)
    }

    private func mustHaveRow(_ change: KeyedChange) -> Bool {
        hasPassedRow || oldest.map { change.timestamp >= $0 } ?? false
    }
}
