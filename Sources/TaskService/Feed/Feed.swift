import TaskEngine
import TaskStorage
import UVCore

/// What one listener is told, and how far that has come: what it has missed first, then what happens.
///
/// ```
///          ┌─ nothing is missed ─────────────────┐
///          │                                     ▼
/// begin ───┼─► asking ─ kept ─► replaying ─────► live
///          │      │               │    ▲
///          │      gone            gone │ the last page
///          │      └───────┬───────┘    │
///          └─ lost ───────┴─────────► walking
/// ```
///
/// A value without a log, a clock or a connection: its owner asks the log for what ``need`` says, gives the answer to it,
/// and sends what comes of that. So events that happen meanwhile wait nowhere: they are read from the log, too, until
/// there are none left, and in that moment the listener is live.
///
/// `told` is always the number of the last event that was sent to all live listeners. No event behind it is sent before
/// they get it, so in whatever turn a listener becomes live, it misses none and gets none twice.
struct Feed {
    private enum Stage {
        /// Whether the log still has the events behind that one is not known yet, and the listener has not been answered.
        case asking(after: Int)
        /// The listener has had all up to that event.
        case replaying(after: Int)
        /// The listener gets all tasks of its rooms as they are, because it has missed events that are gone.
        indirect case walking(SnapshotWalk)
        /// The listener gets each event as it happens.
        case live
    }

    /// What a listener is told where its events begin.
    struct Opening: Equatable {
        /// The last event before those that will happen.
        let sequence: Int
        /// Whether the listener gets all that it has missed; nil where it has asked for nothing.
        let recovered: Bool?
    }

    /// What is to be looked at next.
    enum Need: Equatable {
        case events(after: Int)
        case tasks
        case nothing
    }

    private(set) var rooms = ListenerRooms.standard
    private var stage = Stage.live
    private let pageTasks: Int

    /// - Parameter pageTasks: How many tasks a page of a snapshot has at most.
    init(pageTasks: Int = SnapshotWalk.mostTasks) { self.pageTasks = pageTasks }

    var need: Need {
        switch stage {
        case .asking(let sequence), .replaying(let sequence): .events(after: sequence)
        case .walking: .tasks
        case .live: .nothing
        }
    }

    /// Whether the listener has not been answered yet.
    var isAsking: Bool {
        if case .asking = stage { true } else { false }
    }

    var isLive: Bool {
        if case .live = stage { true } else { false }
    }

    /// The last event up to which the listener has had all of its rooms; 0 amid a snapshot, which is worth nothing
    /// before its end.
    func position(_ told: Int) -> Int {
        switch stage {
        case .asking(let sequence), .replaying(let sequence): sequence
        case .walking: 0
        case .live: told
        }
    }
}

// MARK: - The start

extension Feed {
    /// Begins anew for `rooms`: behind `point`, or with what happens from now on.
    ///
    /// - Parameter isLate: Whether the listener may have had events that are still on their way to this server.
    /// - Returns: What the listener is told; nil if the log has to be asked first.
    mutating func begin(
        _ rooms: ListenerRooms, from point: ResumePoint?, in epoch: LogEpoch, told: Int, isLate: Bool = false
    ) -> Opening? {
        self.rooms = rooms
        stage = .replaying(after: told)
        switch point {
        case nil: return Opening(sequence: told, recovered: nil)
        case .now: return Opening(sequence: told, recovered: true)
        case .after(let sequence, let name):
            guard name?.text.isSame(as: epoch.description) ?? false, sequence <= told || isLate else {
                return lose(told)
            }
            if sequence == told { return Opening(sequence: told, recovered: true) }
            stage = .asking(after: sequence)
            return nil
        }
    }

    /// Goes on for other rooms from where it is.
    mutating func change(to rooms: ListenerRooms) { self.rooms = rooms }

    /// Something that the listener has missed is gone: it gets the tasks as they are.
    private mutating func lose(_ told: Int) -> Opening {
        stage = .walking(SnapshotWalk(at: told, pageTasks: pageTasks))
        return Opening(sequence: told, recovered: false)
    }
}

// MARK: - On the way

extension Feed {
    /// Takes what the log has answered to ``need``. Its events are to be given to ``pass(_:)`` one by one.
    ///
    /// - Returns: What the listener is told before the first of them, if anything is.
    mutating func take(_ history: LogHistory, told: Int) -> Opening? {
        guard case .events(after: let sequence) = need else { return nil }
        // Otherwise there are events behind that one, or the log would not have been asked.
        if isAsking, sequence == told, case .events([]) = history {
            stage = .replaying(after: sequence)
            return Opening(sequence: told, recovered: true)
        }
        guard case .events(let events) = history, events.first?.sequence == sequence + 1 else { return lose(told) }
        guard isAsking else { return nil }
        stage = .replaying(after: sequence)
        return Opening(sequence: told, recovered: true)
    }

    /// Moves on behind `event`, the next one; returns whether the listener is told of it.
    mutating func pass(_ event: TaskEvent) -> Bool {
        if case .replaying = stage { stage = .replaying(after: event.sequence) }
        return rooms.hear(event)
    }

    /// Looks at the next tasks of the snapshot; returns a page of them when it is whole.
    mutating func walk(over store: TaskStore, looks: Int) -> SnapshotWalk.Page? {
        guard case .walking(var walk) = stage else { return nil }
        // The walk is changed where nothing else holds it.
        stage = .replaying(after: walk.sequence)
        let page = walk.step(over: store, in: rooms, looks: looks)
        if page?.isLast != true { stage = .walking(walk) }
        return page
    }

    /// Becomes live if nothing is missing any more; returns whether it just has.
    mutating func catchUp(with told: Int) -> Bool {
        guard case .replaying(let sequence) = stage, sequence >= told else { return false }
        stage = .live
        return true
    }

    /// The listener cannot take more than what it has had up to that event: what comes is read from the log later.
    mutating func fallBehind(at sequence: Int) {
        if isLive { stage = .replaying(after: sequence) }
    }
}
