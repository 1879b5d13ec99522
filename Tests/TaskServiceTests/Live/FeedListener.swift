import SeededRandom
import TaskEngine
import TaskStorage
import Testing
import UVCore
import UVWebSocket

@testable import TaskService

/// A client beside its feed: it keeps its position and its copies of the tasks by the rules of the contract, and finds
/// fault with all that it is told.
struct FeedListener {
    private(set) var feed = Feed(pageTasks: 3)
    private(set) var isConnected = false
    /// The answer of the log that is on its way, and to which question.
    private var answer: (sequence: Int, history: LogHistory)?

    // What the client knows.
    private var epoch = "none"
    private var position: Int?
    /// Titles by id; nil while it does not know all tasks of its rooms.
    private var copies: [String: String]?
    private var copiedRooms: [String] = []
    /// The copies of a snapshot that is not whole.
    private var pages: (sequence: Int, copies: [String: String])?
    /// The last event up to which nothing was left out since the stream began.
    private var heard = 0
    /// What came of all its streams.
    private(set) var counts = (recovered: 0, lost: 0, takenBack: 0, pages: 0)

    private var rooms: [String] { feed.rooms.names.map(\.text) }
}

// MARK: - What it does

extension FeedListener {
    /// Connects, or begins anew on its connection.
    mutating func begin(in world: inout FeedWorld) {
        let rooms = world.random.once(in: 3) || !isConnected ? world.rooms() : feed.rooms
        isConnected = true
        let point = point(in: &world)
        // Copies of other rooms are worth nothing.
        if !rooms.names.map(\.text).elementsEqual(copiedRooms) { copies = nil }
        pages = nil
        let opening = feed.begin(rooms, from: point, in: world.epoch, told: world.told)
        if case .after(let sequence, let name) = point {
            let names = name?.text == world.epoch.description && sequence <= world.told
            #expect((opening?.recovered == false) == !names, "what names no event that was told is lost at once")
            if names { (heard, position) = (sequence, sequence) }
        }
        if let opening { take(opening, since: point, in: world) }
        catchUp(with: world)
    }

    private func point(in world: inout FeedWorld) -> ResumePoint? {
        switch world.random.next(below: 12) {
        case 0: nil
        case 1: .now
        case 2: .after(world.random.next(below: world.told + 3), epoch: ByteText(world.epoch.description))
        case 3: .after(world.told, epoch: nil)
        case 4: .after(world.told, epoch: ByteText(LogEpoch(number: 0).description))
        default: position.map { .after($0, epoch: ByteText(epoch)) } ?? .now
        }
    }

    mutating func leave() {
        isConnected = false
        answer = nil
        feed = Feed(pageTasks: 3)
        // A page that was not the last is worth nothing.
        pages = nil
    }

    /// Asks the log, takes its answer, or walks on.
    mutating func step(in world: inout FeedWorld) throws {
        guard isConnected else { return }
        if let (sequence, history) = answer.take() {
            // The answer to a question that is not asked any more is dropped.
            if feed.need == .events(after: sequence) { take(history, in: &world) }
        } else {
            switch feed.need {
            case .events(after: let sequence):
                let limit = 1 + world.random.next(below: 4)
                answer = (sequence, world.history(after: sequence, limit: limit))
            case .tasks:
                let looks = 1 + world.random.next(below: 5)
                if let page = feed.walk(over: world.ledger.store, looks: looks) { try take(page) }
            case .nothing: break
            }
        }
        catchUp(with: world)
    }

    /// Falls behind, as a client does that does not read.
    mutating func fallBehind(in world: FeedWorld) { if isConnected { feed.fallBehind(at: world.told) } }
}

// MARK: - What it is told

extension FeedListener {
    private mutating func catchUp(with world: FeedWorld) {
        if feed.catchUp(with: world.told) { expectNothing(upTo: world.told, in: world) }
    }

    private mutating func take(_ opening: Feed.Opening, since point: ResumePoint?, in world: FeedWorld) {
        #expect(opening.sequence == world.told)
        epoch = world.epoch.description
        switch opening.recovered {
        case nil: copies = nil
        case true?:
            counts.recovered += 1
            if case .after = point { return }
            copies = nil
        case false?:
            counts.lost += 1
            (copies, pages) = (nil, (opening.sequence, [:]))
        }
        (position, heard) = (opening.recovered == false ? nil : opening.sequence, opening.sequence)
    }

    private mutating func take(_ history: LogHistory, in world: inout FeedWorld) {
        let wasAsking = feed.isAsking
        let opening = feed.take(history, told: world.told)
        if let opening {
            if opening.recovered == true {
                #expect(wasAsking && history != .gone)
                counts.recovered += 1
            } else {
                #expect(history == .gone, "what the log has is not lost")
                counts.takenBack += wasAsking ? 0 : 1
                take(opening, since: nil, in: world)
            }
        }
        #expect(wasAsking == (opening?.recovered == true) || opening?.recovered == false)
        guard case .events(let events) = history, opening?.recovered != false else { return }
        for event in events.prefix(1 + world.random.next(below: 4)) where event.sequence <= world.told {
            if feed.pass(event) { hear(event, in: world) }
        }
    }

    private mutating func take(_ page: SnapshotWalk.Page) throws {
        let text = try SnapshotText(page.json)
        counts.pages += 1
        #expect(text.sequence == pages?.sequence && page.sequence == text.sequence, "one snapshot, one position")
        #expect(text.hasMore == !page.isLast && text.tasks.count <= 3)
        for task in text.tasks {
            #expect(pages?.copies.updateValue(task.title, forKey: task.id) == nil, "a task is in one page")
        }
        guard page.isLast, let pages = pages.take() else { return }
        (copies, copiedRooms, position) = (pages.copies, rooms, pages.sequence)
    }

    /// Takes an event: it must be the next one of the rooms.
    mutating func hear(_ event: TaskEvent, in world: FeedWorld) {
        expectNothing(upTo: event.sequence - 1, in: world)
        #expect(event.sequence > heard, "no event comes twice, or behind a later one")
        #expect(pages == nil, "no event comes amid a snapshot")
        (heard, position) = (event.sequence, event.sequence)
        switch event.change {
        case .created(let task), .updated(let task, _, _), .moved(let task, _, _):
            // A task that leaves the rooms is told of once, and never again.
            copies?[task.id.description] = feed.rooms.admit(task) ? task.title : nil
        case .deleted(let id, _): copies?[id.description] = nil
        case .project: break
        }
    }

    /// No event of the rooms may lie between what was heard and that one.
    private mutating func expectNothing(upTo sequence: Int, in world: FeedWorld) {
        guard heard < sequence else { return }
        for event in world.events[heard..<sequence] {
            #expect(!feed.rooms.hear(event), "event \(event.sequence) was left out")
        }
        heard = sequence
    }

    /// The position that a pong would have: all of the rooms up to it was heard.
    mutating func checkPosition(in world: FeedWorld) {
        guard isConnected, !feed.isAsking, pages == nil else { return }
        let position = feed.position(world.told)
        expectNothing(upTo: position, in: world)
        self.position = position
    }

    /// At rest the client knows what the server knows.
    func checkCopies(in world: FeedWorld) {
        guard isConnected else { return }
        #expect(feed.isLive)
        guard let copies, copiedRooms.elementsEqual(rooms) else { return }
        let truth = world.ledger.store.tasks().filter(feed.rooms.admit)
        #expect(copies == Dictionary(uniqueKeysWithValues: truth.map { ($0.id.description, $0.title) }))
    }
}
