import TaskEngine
import TaskStorage
import UVCore

/// Where the pump's listener is: a WebSocket, a stream of events, an answer.
@LoopActor
protocol FeedOutlet: AnyObject {
    /// Whether what was sent waits for the client: then nothing more is sent until the pump is told that it has drained.
    var isFull: Bool { get }

    /// The events begin here, perhaps anew. Where the history has become another one, this is the last that the pump says.
    func begin(_ opening: Feed.Opening)
    /// Sends an event that was missed.
    func send(_ json: [UInt8], of event: TaskEvent)
    func send(_ page: SnapshotWalk.Page)
    /// From now on the listener is to get each event as it happens.
    func goLive()
    /// The listener has had more elsewhere than this server can hear of: it should ask another.
    func refuse()
}

/// Does what a ``Feed`` says: reads what its listener has missed, and sends it no faster than that takes it.
///
/// ```
/// look ─► read, walk ─► send a portion ─► taken: look again in the next turn of the loop
///  ▲                                 └──► full:  when the client has read ─┐
///  └───────────────────────────────────────────────────────────────────────┘
/// ```
///
/// Between two portions it holds no event. All pumps together have their share of a turn, see ``StepQueue``.
@LoopActor
final class FeedPump {
    /// From how many bytes on a portion has no further event.
    nonisolated static let portion = 64 << 10

    private enum Work {
        case none, scheduled, reading
        /// The listener is gone.
        case ended
    }

    private(set) var feed = Feed()
    private let history: EventHistory
    /// The name of the history in which the listener has begun.
    private var epoch: LogEpoch?
    private weak var outlet: (any FeedOutlet)?
    private var work = Work.none
    /// How many events are read at once: about as many as a portion has.
    private var readLimit = EventHistory.readLimit

    init(_ history: EventHistory) { self.history = history }

    /// Begins, or begins anew: see ``Feed/begin(_:from:in:told:isLate:)``.
    func begin(_ rooms: ListenerRooms, from point: ResumePoint?, to outlet: any FeedOutlet) {
        guard work != .ended, let epoch = history.epoch else { return }
        self.outlet = outlet
        self.epoch = epoch
        let opening = feed.begin(rooms, from: point, in: epoch, told: history.told, isLate: history.isLate)
        if let opening { outlet.begin(opening) }
        goOn()
    }

    /// Goes on for other rooms from where it is.
    func change(to rooms: ListenerRooms) { feed.change(to: rooms) }

    /// The client has taken what waited for it.
    func didDrain() { goOn() }

    /// The listener, which was live, is full with that event: it goes on when that has drained.
    func fallBehind(at sequence: Int) { feed.fallBehind(at: sequence) }

    /// The listener is gone, or wants no more.
    func end() { work = .ended }

    /// The last event up to which the listener has had all of its rooms.
    var position: Int { feed.position(history.told) }
}

// MARK: - Steps

extension FeedPump {
    private func goOn() {
        guard work == .none, let outlet else { return }
        guard history.epoch == epoch else {
            // In the new history the numbers that the listener has had mean other events.
            end()
            return outlet.begin(Feed.Opening(sequence: history.told, recovered: false))
        }
        if feed.catchUp(with: history.told) { return outlet.goLive() }
        guard !feed.isLive, !outlet.isFull else { return }
        work = .scheduled
        StepQueue.current.add { [self] in
            if work == .scheduled { step() }
            return false
        }
    }

    private func step() {
        work = .none
        switch feed.need {
        case .nothing: break
        case .tasks:
            if let page = feed.walk(over: history.store, looks: StepQueue.looks) { outlet?.send(page) }
            goOn()
        case .events(let sequence):
            work = .reading
            history.read(after: sequence, limit: readLimit) { [self] answer in
                guard work == .reading else { return }
                guard let answer else {
                    end()
                    outlet?.refuse()
                    return
                }
                work = .none
                // Otherwise the listener has begun anew meanwhile, or the history has, and this is the answer to another
                // question.
                if feed.need == .events(after: sequence), history.epoch == epoch { take(answer) }
                goOn()
            }
        }
    }

    private func take(_ answer: LogHistory) {
        let told = history.told
        if let opening = feed.take(answer, told: told) { outlet?.begin(opening) }
        guard case .events(let events) = answer, case .events = feed.need else { return }
        var (room, count) = (Self.portion, 0)
        for event in events {
            guard event.sequence <= told, work == .none else { return }
            guard room > 0 else { return readLimit = count }
            count += 1
            guard feed.pass(event) else { continue }
            let json = history.text.json(event)
            room -= json.count
            outlet?.send(json, of: event)
        }
        readLimit = min(2 * readLimit, EventHistory.readLimit)
    }
}
