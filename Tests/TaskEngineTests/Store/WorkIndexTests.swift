import SeededRandom
import Testing

@testable import TaskEngine

@Suite("What the store knows of work")
struct WorkIndexTests {
    @Test("It is what a look at all records says, whatever happened", arguments: 1...4)
    func random(seed: UInt64) throws {
        var history = WorkHistory(seed: seed)
        var unsettled = 0
        for step in 0..<2_000 {
            try history.goOn()
            unsettled += history.store.unsettled.count
            guard step < 200 || step % 20 == 0 else { continue }
            let oracle = Oracle(history.store)
            try #require(oracle.difference(from: history.store) == nil, "seed \(seed), step \(step)")
            try #require(history.store.brokenInvariant == nil, "seed \(seed), step \(step)")
        }
        #expect(unsettled > 500 && history.store.endedCount > 0 && history.store.bodyBytes > 0)
        var folded = TaskStore()
        for event in history.events { try folded.apply(event) }
        #expect(folded == history.store)
    }

    @Test("It is made anew of rows of several times and the events since the oldest", arguments: 1...20)
    func loaded(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var history = WorkHistory(seed: seed)
        var snapshots: [TaskStore] = []
        for step in 0..<400 {
            try history.goOn()
            if step % 50 == 0 { snapshots.append(history.store) }
        }
        let times = (0..<3).compactMap { _ in snapshots.randomElement(using: &random) }
        var rows = times.flatMap { time in time.tasks().map { (task: $0, bodies: time.bodies(of: $0.id)) } }
        rows.shuffle(using: &random)
        var settings = times.flatMap { time in
            ([nil] + time.projects(limit: 10)).map { (name: $0, settings: time.settings(of: $0) ?? ProjectSettings()) }
        }
        if times.count > 1 { settings = settings.shuffled(using: &random) }
        var events = history.events[(times.map(\.sequence).min() ?? 0)...]
        var loader = TaskStore.Loader()
        while !rows.isEmpty || !events.isEmpty || !settings.isEmpty {
            if let event = events.first, random.once(in: 2) {
                events.removeFirst()
                loader.add(event)
            } else if let row = rows.popLast() {
                loader.add(row.task, at: row.task.revision, bodies: row.bodies ?? TaskBodies())
            } else if let row = settings.popLast() {
                loader.add(row.name, row.settings)
            }
        }
        let store = try loader.finish(at: history.store.sequence, lastID: history.store.lastID)
        #expect(store.indexes == history.store.indexes, "seed \(seed)")
        #expect(store.brokenInvariant == nil)
    }

    @Test(
        "It is made of the rows in the order of their ids, each once, also where one comes again or too late",
        arguments: 1...20)
    func loadedInOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var history = WorkHistory(seed: seed)
        for _ in 0..<400 { try history.goOn() }
        let rows = Array(history.store.tasks())
        let place = Int.random(in: 0..<rows.count, using: &random)
        var late = rows
        late.append(late.remove(at: place))
        for rows in [rows, rows + [rows[place]], late] {
            var loader = TaskStore.Loader()
            for project in [nil] + history.store.projects(limit: 10) {
                loader.add(project, history.store.settings(of: project) ?? ProjectSettings())
            }
            for row in rows {
                loader.add(row, at: row.revision, bodies: history.store.bodies(of: row.id) ?? TaskBodies())
            }
            let store = try loader.finish(at: history.store.sequence, lastID: history.store.lastID)
            #expect(store.indexes == history.store.indexes, "seed \(seed)")
            #expect(store.brokenInvariant == nil)
        }
    }

    @Test("A task is ready when the last that it needs is completed, and its rank says since when")
    func freed() throws {
        var ledger = TaskLedger()
        for number in 1...2 { ledger.run(.create(.test(number), try TaskFields(title: "t"))) }
        ledger.run(.create(.test(3), try TaskFields(title: "t", needs: [.test(1), .test(2), .test(9)])))
        #expect(state(3, in: ledger) == .waiting && ledger.store.unmet(of: .test(3)) == 3)
        ledger.run(.update(.test(1), try TaskFields(status: .completed)))
        ledger.run(.create(.test(9), try TaskFields(title: "t", status: .completed)))
        #expect(state(3, in: ledger) == .waiting && ledger.store.unmet(of: .test(3)) == 1)
        ledger.run(.delete(.test(2)))
        #expect(state(3, in: ledger) == .ready && ledger.store.counts[.ready] == 1)
        let task = try #require(ledger.store[.test(3)])
        #expect(ledger.store.rank(of: task).since == ledger.store[.test(9)]?.since)
        // By a change of its status a task's end is told to none.
        #expect(ledger.store.isSettled && ledger.store.endedCount == 0)
        ledger.run(.update(.test(1), try TaskFields(status: .failed)))
        #expect(state(3, in: ledger) == .waiting)
        #expect(ledger.store.brokenInvariant == nil)
    }

    @Test("Each end of what many tasks need is counted for all of them, and the last one frees them")
    func manyNeeds() throws {
        var store = TaskStore()
        func apply(_ change: TaskEvent.Change) throws {
            try store.apply(
                TaskEvent(
                    change, sequence: store.sequence + 1, requestID: "r", timestamp: Timestamp(milliseconds: 0)))
        }
        for number in 1...101 { try apply(.created(Self.task(number))) }
        let needs = (1...101).map { TaskID.test($0) }
        for number in 200..<300 { try apply(.created(Self.task(number, needs: needs))) }
        for number in 1...101 {
            var ended = Self.task(number)
            ended.status = .completed
            ended.work = WorkState()
            ended.work?.isEndedByQueue = true
            ended.since = Since(at: 0, by: store.sequence + 1)
            try apply(.updated(ended, changes: [.status]))
            #expect(store.unmet(of: .test(250)) == 101 - number)
        }
        #expect(store.unsettled.count == 100 && Array(store.endedTasks).count == 101)
        #expect(store.endedTasks.map(\.id) == needs)
        #expect(store.brokenInvariant == nil)
    }

    @Test("Projects are listed in the order of their bytes, by pages, as long as they have tasks or settings")
    func projects() throws {
        var ledger = TaskLedger()
        for (number, name) in ["b", "a", "B", "ab"].enumerated() {
            ledger.run(.create(.test(number), try TaskFields(title: "t", project: name)))
        }
        #expect(ledger.store.projects(limit: 3) == ["B", "a", "ab"])
        #expect(ledger.store.projects(after: "ab", limit: 3) == ["b"])
        ledger.run(.delete(.test(1)))
        #expect(ledger.store.projects(limit: 9) == ["B", "ab", "b"] && ledger.store.counts(of: "a").total == 0)
        #expect(ledger.store.counts(of: "b")[.ready] == 1 && ledger.store.counts.open == 3)
    }

    private func state(_ number: Int, in ledger: TaskLedger) -> TaskState? {
        ledger.store[.test(number)].map(ledger.store.state)
    }

    private static func task(_ number: Int, needs: [TaskID] = []) -> TaskRecord {
        TaskRecord(
            id: .test(number), title: "t", dependencies: needs, createdAt: Timestamp(milliseconds: 0),
            updatedAt: Timestamp(milliseconds: 0), revision: 0)
    }
}

/// The same, worked out by the rules of the contract and a look at all records.
private struct Oracle {
    let tasks: [TaskID: TaskRecord]

    init(_ store: TaskStore) {
        tasks = Dictionary(uniqueKeysWithValues: store.tasks().map { ($0.id, $0) })
    }

    func difference(from store: TaskStore) -> String? {
        for task in tasks.values {
            if store.unmet(of: task.id) != unmet(task) { return "unmet of \(task.id)" }
            if store.state(of: task) != task.state(unmet: unmet(task)) { return "state of \(task.id)" }
            if store.isDoomed(task) != isDoomed(task) { return "doom of \(task.id)" }
            if store.rank(of: task).since != rankSince(task) { return "rank of \(task.id)" }
        }
        let unsettled = tasks.values.filter { isDoomed($0) || isUntold($0) }.map(\.id).sorted()
        if Array(store.unsettled) != unsettled { return "unsettled" }
        let ended = tasks.values.filter(isEndedByQueue).sorted { $0.since.by < $1.since.by }.map(\.id)
        if store.endedTasks.map(\.id) != ended || store.endedCount != ended.count { return "ended" }
        return differentCounts(store) ?? differentKeys(store)
    }

    private func differentCounts(_ store: TaskStore) -> String? {
        for project in [nil, "red", "blue"] as [String?] {
            let counts = store.counts(of: project.map { PlainText($0) })
            for state in TaskState.allCases {
                let count = tasks.values.count { $0.project == project && $0.state(unmet: unmet($0)) == state }
                if counts[state] != count { return "\(state) in \(project ?? "~")" }
            }
        }
        return store.counts.total == tasks.count ? nil : "total"
    }

    private func differentKeys(_ store: TaskStore) -> String? {
        for task in tasks.values {
            guard let key = task.work?.settings.unique?.key else { continue }
            let isOpen = task.status == .pending || task.status == .inProgress
            let holder = store.holder(ofUnique: key, in: task.project.map { PlainText($0) })
            if holder != (isOpen ? task.id : nil) { return "holder of \(key.text)" }
        }
        let open = tasks.values.count { $0.uniqueName != nil }
        return store.indexes.unique.count == open ? nil : "a key of none is taken"
    }

    private func isEndedByQueue(_ task: TaskRecord) -> Bool {
        (task.status == .completed || task.status == .failed) && task.work?.isEndedByQueue ?? false
    }

    private func hasFailed(_ task: TaskRecord) -> Bool { task.status == .failed && isEndedByQueue(task) }

    private func needed(by task: TaskRecord) -> [TaskRecord] { task.dependencies.compactMap { tasks[$0] } }

    private func policy(_ task: TaskRecord) -> DependencyPolicy { task.work?.settings.onDependencyFailure ?? .cancel }

    private func unmet(_ task: TaskRecord) -> Int {
        task.dependencies.count
            - needed(by: task).count {
                $0.status == .completed || hasFailed($0) && policy(task) == .ignore
            }
    }

    private func isDoomed(_ task: TaskRecord) -> Bool {
        task.status == .pending && policy(task) == .cancel && needed(by: task).contains(where: hasFailed)
    }

    private func isUntold(_ task: TaskRecord) -> Bool {
        task.status == .pending && unmet(task) == 0
            && needed(by: task).contains { isEndedByQueue($0) && $0.since > task.since }
    }

    private func rankSince(_ task: TaskRecord) -> Since {
        max(task.since, needed(by: task).map(\.since).max() ?? task.since)
    }
}
