package import TaskEngine

/// Compares a store's rows with what its events add up to.
///
/// ```
///  integrity of the pages ─▶ each event ─▶ LogFold ─▶ each task's row ─▶ each row of a need
///                                  ├──────▶ KeyedChangeCheck: each row of a key
///                                  ├──────▶ BodyCheck, ProjectCheck: each row of a payload and a result, of settings
///                                  └──────▶ EventCheck: what it says twice
/// ```
///
/// Where the log is whole since the history began, every task is compared in full with the event that has written it last.
/// Where old events were removed, so is every task of which the others tell; of one of which they do not, what it needs and
/// its number are compared, and the rest is counted in ``Report/untold``.
package struct StoreCheck {
    /// What a check has found.
    package struct Report: Sendable {
        package fileprivate(set) var tasks = 0
        /// The numbers of the events that are there.
        package fileprivate(set) var events: ClosedRange<Int>?
        /// How many tasks were written last by events that were removed.
        package fileprivate(set) var untold = 0
        /// The first of the differences, ``limit`` at most.
        package fileprivate(set) var differences: [Difference] = []
        /// How many there are.
        package fileprivate(set) var count = 0

        /// A file that is quite another one has as many as it has tasks.
        package static let limit = 100

        fileprivate mutating func note(_ difference: Difference?) {
            guard let difference else { return }
            count += 1
            if differences.count < Self.limit { differences.append(difference) }
        }
    }

    private let database: Database
    private let events: EventTable
    private let end: (position: LogPosition, lastID: TaskID?)
    private let now: Timestamp
    private let interruption: Interruption
    private let note: (String, Int) -> Void
    private var fold: LogFold
    private var bodies: BodyCheck
    private var projects: ProjectCheck
    private var report = Report()

    /// Checks the store that `reader` reads.
    ///
    /// - Parameters:
    ///   - now: The time, by which keys are known no longer.
    ///   - note: Called now and then with what is looked at and how many of them were.
    package static func run(
        _ reader: StoreReader, now: Timestamp, until interruption: Interruption,
        note: @escaping (String, Int) -> Void = { _, _ in }
    ) throws(UpkeepError) -> Report {
        do {
            let version = try SQLiteFile.version(of: reader.database)
            guard version == SQLiteSchema.version else {
                throw LogError.refused(
                    "its version is \(version): a server's start brings it to \(SQLiteSchema.version), which can be checked"
                )
            }
            var check = try StoreCheck(reader.database, now, interruption, note)
            do {
                try check.look()
            } catch let error as DatabaseError where error.isDamage {
                // What stands behind it cannot be read.
                check.report.note(.damage(error.message))
            }
            return check.report
        } catch let error as UpkeepError {
            throw error
        } catch {
            throw .failed(SQLiteFile.explanation(of: error, reader.path))
        }
    }

    private init(
        _ database: Database, _ now: Timestamp, _ interruption: Interruption,
        _ note: @escaping (String, Int) -> Void
    ) throws(DatabaseError) {
        self.database = database
        self.now = now
        self.interruption = interruption
        self.note = note
        events = try EventTable(database)
        end = try SQLiteSchema.end(of: database)
        fold = LogFold(endingAt: end.position.sequence)
        bodies = try BodyCheck(database, events)
        projects = try ProjectCheck(database)
    }

    private mutating func look() throws {
        try lookAtPages()
        try lookAtEvents()
        try lookAtTasks()
        for (id, state) in fold.states.sorted(by: { $0.key < $1.key }) {
            if case .written(let number) = state { report.note(.missingTask(id, writtenBy: number)) }
        }
        try lookAtBodies()
        for difference in try projects.finish(isWhole: fold.isWhole) { report.note(difference) }
    }

    /// Has SQLite look at each page and each index.
    private mutating func lookAtPages() throws {
        note("pages", 0)
        let findings = try database.prepare("PRAGMA integrity_check(10)")
        while try findings.step() {
            let finding = findings.text(0)
            if !finding.utf8.elementsEqual("ok".utf8) { report.note(.damage(finding)) }
        }
    }
}

// MARK: - Events

extension StoreCheck {
    private mutating func lookAtEvents() throws {
        var keyed = try KeyedChangeCheck(database, now: now)
        var inner = EventCheck(events)
        var last = Int.min
        var count = 0
        while true {
            try interruption.check()
            let rows = try events.rows(after: last, limit: 500)
            guard let end = rows.last?.sequence else { break }
            for row in rows {
                if let event = row.event {
                    report.note(try inner.pass(event, behind: event.taskID.flatMap(fold.writer(of:))))
                }
                look(at: row.event, row.sequence)
                for difference in try keyed.pass(row.sequence, row.event) { report.note(difference) }
            }
            (last, count) = (end, count + rows.count)
            note("events", count)
        }
        for difference in try keyed.pass(end: end.position.sequence) { report.note(difference) }
        report.events = fold.numbers
        guard let found = fold.numbers?.upperBound else { return }
        let end = end.position.sequence
        if found < end, !LogPosition.isContinuation(end) { report.note(.missingEvents(from: found + 1, to: end)) }
        if found > end { report.note(.eventsBehindEnd(found, end: end)) }
    }

    private mutating func look(at event: TaskEvent?, _ sequence: Int) {
        guard let event else { return report.note(fold.skip(sequence) ?? .unreadableEvent(sequence)) }
        report.note(fold.add(event))
        bodies.pass(event)
        projects.pass(event)
        if case .created(let task) = event.change { lookAtID(task.id) }
    }

    private mutating func lookAtID(_ id: TaskID) {
        guard let lastID = end.lastID, id <= lastID else { return report.note(.idNeverGiven(id)) }
    }
}

// MARK: - Tasks

extension StoreCheck {
    private mutating func lookAtTasks() throws {
        let rows = try database.prepare("SELECT id, seq, \(Statement.taskColumns) FROM task ORDER BY id")
        let find = try database.prepare("SELECT 1 FROM need WHERE needed = ? AND task = ?")
        var needs = 0
        while try rows.step() {
            report.tasks += 1
            if report.tasks % 500 == 0 {
                try interruption.check()
                note("tasks", report.tasks)
            }
            guard let id = rows.id(0) else {
                report.note(.unreadableTask(nil))
                continue
            }
            if let task = rows.task(id, from: 2) {
                try look(at: task, rows.integer(1))
                for needed in task.dependencies {
                    if try find.finds(needed, id) { needs += 1 } else { report.note(.missingNeed(id, needed: needed)) }
                }
            } else {
                report.note(.unreadableTask(id))
            }
            fold.didSee(id)
        }
        if try database.number("SELECT count(*) FROM need") != needs { try lookForSurplusNeeds() }
    }

    private mutating func look(at task: TaskRecord, _ sequence: Int) throws {
        lookAtID(task.id)
        switch fold.states[task.id] {
        case .written(let number):
            // An event that cannot be read was noted before.
            guard let written = try events.task(writtenBy: number) else { return }
            let current = fold.current(written, writtenBy: number)
            let column = task.differs(from: current.task) ?? (sequence == current.sequence ? nil : .sequence)
            report.note(column.map { .other(task.id, $0, than: current.sequence) })
        case .deleted(let number): report.note(.deletedTask(task.id, by: number))
        case nil:
            if !fold.isWhole { report.untold += 1 }
            report.note(fold.difference(ofUntold: task, at: sequence, end: end.position.sequence))
        }
    }

    private mutating func lookAtBodies() throws {
        while let differences = try bodies.nextRow(isWhole: fold.isWhole) {
            try interruption.check()
            for difference in differences { report.note(difference) }
        }
        for difference in try bodies.missing() { report.note(difference) }
    }

    /// Looks at each row of a need whether its task says the same.
    private mutating func lookForSurplusNeeds() throws {
        let rows = try database.prepare("SELECT needed, task FROM need")
        let find = try database.prepare("SELECT dependencies FROM task WHERE id = ?")
        while try rows.step() {
            try interruption.check()
            guard let needed = rows.id(0), let id = rows.id(1) else {
                report.note(.unreadableTask(nil))
                continue
            }
            find.bind(id, 1)
            let isTrue = try find.step() && find.ids(0)?.contains(needed) == true
            find.reset()
            if !isTrue { report.note(.surplusNeed(id, needed: needed)) }
        }
    }
}

extension Statement {
    /// Whether it returns a row for two ids.
    fileprivate func finds(_ first: TaskID, _ second: TaskID) throws(DatabaseError) -> Bool {
        bind(first, 1)
        bind(second, 2)
        defer { reset() }
        return try step()
    }
}
