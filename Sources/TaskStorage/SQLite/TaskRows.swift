import TaskEngine

/// Tasks' rows that SQLite takes from those of events: nothing is bound for them a second time, and those of events one
/// behind the other take one run of a statement.
struct TaskRows {
    private let create, createPlain, replace: Statement

    init(_ database: Database) throws(DatabaseError) {
        create = try Self.copy("INSERT", Statement.taskColumns, database)
        createPlain = try Self.copy("INSERT", Statement.fieldColumns + ", NULL, NULL, NULL", database)
        // A row that changes is written as a whole in any case. An upsert would read the former one first, and cost a
        // fourth more.
        replace = try Self.copy("REPLACE", Statement.taskColumns, database)
    }

    private static func copy(
        _ verb: String, _ columns: String, _ database: Database
    ) throws(DatabaseError) -> Statement {
        try database.prepare(
            """
            \(verb) INTO task (id, seq, \(Statement.taskColumns))
            SELECT task_id, seq, \(columns) FROM event WHERE seq BETWEEN ? AND ? ORDER BY seq
            """)
    }

    /// Events one behind the other, each of which has made or changed one task.
    struct Run {
        private(set) var events: ClosedRange<Int>
        /// Whether all the tasks are new.
        private(set) var areNew: Bool
        /// Whether their fields say all of them.
        private(set) var areInFields: Bool

        init(_ task: TaskRecord, at sequence: Int, isNew: Bool) {
            events = sequence...sequence
            areNew = isNew
            areInFields = task.isInFields
        }

        /// Adds the next event.
        mutating func add(_ task: TaskRecord, isNew: Bool) {
            events = events.lowerBound...events.upperBound + 1
            areNew = areNew && isNew
            areInFields = areInFields && task.isInFields
        }
    }

    /// Lets the task that an event has left as it is get its row with those of the events before it.
    func add(_ task: TaskRecord, at sequence: Int, isNew: Bool, to run: inout Run?) throws(DatabaseError) {
        if run?.events.upperBound == sequence - 1 {
            run?.add(task, isNew: isNew)
        } else {
            try write(&run)
            run = Run(task, at: sequence, isNew: isNew)
        }
    }

    /// Writes the rows that the run has, and ends it.
    func write(_ run: inout Run?) throws(DatabaseError) {
        guard let ended = run.take() else { return }
        let copy = !ended.areNew ? replace : ended.areInFields ? createPlain : create
        copy.bind(ended.events.lowerBound, 1)
        copy.bind(ended.events.upperBound, 2)
        try copy.run()
    }
}
