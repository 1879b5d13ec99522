import TaskEngine
import UVCore
import UVWebSocket

/// A listener that is no WebSocket.
@LoopActor
protocol LiveStream: AnyObject {
    /// Where it listens as long as it is open.
    var rooms: ListenerRooms { get }
    /// Sends an event that has happened just now.
    func deliver(_ json: [UInt8], of event: TaskEvent)
    /// Ends it: its client comes back, at the time of `hint` if there is one.
    func end(_ hint: ReturnHint?)
}

/// The listeners that are in no hub, and which of them are to be sent an event as it happens.
@LoopActor
final class LiveStreams {
    private typealias Group = [ObjectIdentifier: any LiveStream]

    private var all: Group = [:]
    /// Those that have missed nothing, by their rooms.
    private var live: [RoomName: Group] = [:]
    private var isEnding = false

    var count: Int { all.count }
    /// Whether none would be sent any event.
    var isQuiet: Bool { live.isEmpty }

    /// Takes a stream in, not live yet; false when no more of them are taken.
    func add(_ stream: any LiveStream) -> Bool {
        if !isEnding { all[ObjectIdentifier(stream)] = stream }
        return !isEnding
    }

    func remove(_ stream: any LiveStream) {
        all[ObjectIdentifier(stream)] = nil
        leave(stream)
    }

    /// From now on the stream gets each event of its rooms as it happens.
    func enter(_ stream: any LiveStream) {
        for name in stream.rooms.names { live[name, default: [:]][ObjectIdentifier(stream)] = stream }
    }

    /// The stream is told from the log. Silent if it is not live.
    func leave(_ stream: any LiveStream) {
        for name in stream.rooms.names {
            guard let index = live.index(forKey: name) else { continue }
            live.values[index][ObjectIdentifier(stream)] = nil
            if live.values[index].isEmpty { live.remove(at: index) }
        }
    }

    /// Those that are to be sent what goes to the rooms of those names, each once.
    ///
    /// - Complexity: O(live streams in these rooms).
    func listeners(in names: [RoomName]) -> [any LiveStream] {
        guard !live.isEmpty else { return [] }
        let groups = names.compactMap { live[$0] }
        guard let first = groups.first else { return [] }
        guard groups.count > 1 else { return Array(first.values) }
        return Array(groups.dropFirst().reduce(into: first) { $0.merge($1) { one, _ in one } }.values)
    }

    /// Ends those that are here: their clients come back.
    func restart(_ dismissal: Dismissal) { for stream in all.values { stream.end(dismissal.hint()) } }

    /// Ends all of them, a portion in each turn, and takes no more: their clients come back when a server is there.
    func end(_ dismissal: Dismissal) {
        isEnding = true
        EventLoop.current.inPortions(of: Dismissal.portion, Array(all.values)[...]) { [self] stream in
            // It may have ended meanwhile.
            if case .some = all[ObjectIdentifier(stream)] { stream.end(dismissal.hint()) }
        }
    }
}
