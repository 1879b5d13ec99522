import LoopTesting
import TaskEngine
import Testing

@testable import TaskStorage

@Suite("Keys in a file")
struct KeyedChangeTests {
    private let folder: TemporaryFolder
    private var path: String { folder.file("tasks.db") }

    init() throws { folder = try TemporaryFolder() }

    private func command(_ number: Int, at milliseconds: Int64 = 0) throws -> TaskCommand {
        TaskCommand(
            .create(.test(number), try TaskFields(title: "t")), requestID: "r",
            timestamp: Timestamp(milliseconds: milliseconds), key: .test(number))
    }

    /// Opens the file, has `body` use it, and closes it.
    private func withStore<Value>(_ body: (SQLiteStore, LogStart) throws -> Value) throws -> Value {
        let store = try SQLiteStore(path)
        let value = try body(store, try store.load())
        try store.close()
        return value
    }

    /// Decides the commands behind what the file has, and appends what follows.
    private func append(_ commands: [TaskCommand]) throws {
        try withStore { store, start in
            var ledger = TaskLedger(store: start.store, keyed: start.keyed)
            let outcome = store.append(commands.flatMap { ledger.decide($0).events }, behind: start.position)
            if case .kept = outcome {} else { Issue.record("\(outcome)") }
        }
    }

    private func events(of store: SQLiteStore) throws -> [TaskEvent] {
        guard case .events(let events) = try store.history(after: 0, limit: 10) else { return [] }
        return events
    }

    @Test("A change is known by its key at the next start, with all that it was, and so is the key of its event")
    func restart() throws {
        let key = IdempotencyKey(
            name: IdempotencyKey.Fingerprint(high: .max, low: 1),
            content: IdempotencyKey.Fingerprint(high: 2, low: 1 << 63))
        let time = Timestamp(milliseconds: 7)
        let priority = TaskCommand(
            .update(.test(1), try TaskFields(priority: 5)), requestID: "r", timestamp: time, key: key)
        let delete = TaskCommand(.delete(.test(1)), requestID: "r", timestamp: time, key: .test(3))
        try append([command(1), priority])
        try append([priority, delete])
        try withStore { store, start in
            #expect(start.store.isEmpty && start.keyed.count == 3)
            let found = [.test(1), key, .test(3)].map { start.keyed.change(named: $0.name, at: time) }
            #expect(
                found == [
                    KeyedChange(
                        key: .test(1), kind: .created, taskID: .test(1), sequence: 1,
                        timestamp: Timestamp(milliseconds: 0)),
                    KeyedChange(key: key, kind: .updated, taskID: .test(1), sequence: 2, timestamp: time),
                    KeyedChange(key: .test(3), kind: .deleted, taskID: .test(1), sequence: 4, timestamp: time),
                ])
            let events = try events(of: store)
            #expect(events.map(\.key) == [.test(1), key, nil, .test(3)])
        }
    }

    @Test("Rows go when they are a day old, and their events stay")
    func age() throws {
        let day = KeyedChange.lifetime
        try append([command(1), command(2, at: 1), command(3, at: 2)])
        try withStore { store, _ in
            #expect(!store.prune(HistoryLimits(age: .seconds(1 << 20)), now: Timestamp(milliseconds: day + 1)))
        }
        try withStore { store, start in
            #expect(start.keyed.count == 2)
            let events = try events(of: store)
            #expect(events.count == 3)
        }
    }

    @Test("Rows go that are too many, the oldest first, a portion at a time")
    func surplus() throws {
        let database = try Database(path, mayCreate: true)
        try SQLiteSchema.migrate(database, epoch: .random())
        let table = try KeyedChangeTable(database)
        for number in 1...1_500 {
            let time = Timestamp(milliseconds: Int64(number))
            try table.add(
                KeyedChange(key: .test(number), kind: .created, taskID: .test(1), sequence: number, timestamp: time))
        }
        func prune(_ surplus: Int, _ time: Int64 = 0) throws -> Int {
            try table.prune(surplus: surplus, before: Timestamp(milliseconds: time))
        }
        #expect(try prune(0) == 0 && prune(-5) == 0)
        #expect(try prune(1) == 1)
        #expect(try prune(1_200) == KeyedChangeTable.portion)
        #expect(try prune(200, 1_300) == 298, "too old beside too many")
        #expect(try table.changes().rows == 201)
        #expect(try prune(500) == 201 && table.changes().rows == 0)
    }

    @Test("A file of version 1 is brought to this one, with its tasks and its events")
    func migration() throws {
        try Database(path, mayCreate: true).run(Self.versionOne)
        #expect(throws: UpkeepError.self) {
            try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption())
        }
        try append([command(2)])
        #expect(try StoreCheck.run(try StoreReader(path), now: .start, until: Interruption()).differences == [])
        #expect(try Database(path, mayCreate: false).number("PRAGMA user_version") == SQLiteSchema.version)
        try withStore { store, start in
            #expect(start.store.tasks().map(\.title) == ["old", "t"] && start.keyed.count == 1)
            let events = try events(of: store)
            #expect(events.map(\.taskID) == [.test(1), .test(2)] && events.map(\.key) == [nil, .test(2)])
        }
    }

    /// What the first version has made of a file in which a task was created.
    private static let versionOne = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE store (
            only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
            epoch INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            append INTEGER NOT NULL,
            last_id BLOB);
        CREATE TABLE task (
            id BLOB PRIMARY KEY,
            seq INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            title TEXT NOT NULL,
            description TEXT NOT NULL,
            status TEXT NOT NULL,
            priority INTEGER NOT NULL,
            project TEXT,
            created INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            dependencies BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE need (
            needed BLOB NOT NULL,
            task BLOB NOT NULL,
            PRIMARY KEY (needed, task)) WITHOUT ROWID;
        CREATE TABLE event (
            seq INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            request_id TEXT NOT NULL,
            time INTEGER NOT NULL,
            task_id BLOB NOT NULL,
            changes TEXT,
            former_project TEXT,
            from_priority INTEGER,
            to_priority INTEGER,
            revision INTEGER,
            title TEXT,
            description TEXT,
            status TEXT,
            priority INTEGER,
            project TEXT,
            created INTEGER,
            updated INTEGER,
            dependencies BLOB);
        PRAGMA application_id = 0x5461736B;
        INSERT INTO store VALUES (1, 77, 1, 1, X'00000000000170008000000000000000');
        INSERT INTO task VALUES (
            X'00000000000170008000000000000000', 1, 1, 'old', '', 'pending', 1, NULL, 5, 5, X'');
        INSERT INTO event VALUES (
            1, 'task.created', 'r', 5, X'00000000000170008000000000000000', NULL, NULL, NULL, NULL, 1, 'old', '',
            'pending', 1, NULL, 5, 5, X'');
        PRAGMA user_version = 1;
        """
}
