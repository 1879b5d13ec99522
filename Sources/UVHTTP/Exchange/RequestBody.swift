/// How far a request's body has come and has been read, as Node's `Readable` keeps it: a pure value, events in, actions
/// out.
///
/// ```
/// arrival   arriving ── the last byte ──► arrived
/// reader    nobody ──► starting ── a tick ──► reading ◄──► paused
/// end       ahead ──► scheduled ── a tick ──► told, or unheard while there is no onEnd
/// life      open ── two ticks behind the end ──► closed        at any time before the end: cut
/// ```
struct RequestBody: Equatable {
    enum Arrival {
        case arriving, arrived
    }

    /// What takes the content.
    enum Reader: Equatable {
        /// No callback for content was set.
        case nobody

        /// One was set, or the content is thrown away: it begins in a tick.
        case starting

        /// It has looked for content before all of it was there: what arrives goes straight to it. `_consumed` in Node.
        case reading

        /// It waits for ``IncomingMessage/resume()``; then it goes on as what it was.
        case paused(hasRead: Bool)
    }

    enum End {
        case ahead

        /// ``IncomingMessage/onEnd`` is called in a tick.
        case scheduled

        /// It was reached before ``IncomingMessage/onEnd`` was set.
        case unheard
        case told
    }

    enum Life: Equatable {
        case open, closed

        /// The connection is gone, or the request was given up.
        case cut(HTTPBodyError)
    }

    private(set) var arrival: Arrival
    private(set) var reader = Reader.nobody
    private(set) var end = End.ahead
    private(set) var life = Life.open

    /// Whether it was answered before it had a reader: nothing more is kept for one. `_dumped` in Node.
    private(set) var isThrownAway = false

    /// Why it cannot be read to its end, once that is known.
    private(set) var failure: HTTPBodyError?

    /// What has arrived and has no reader yet.
    private var pieces = BodyPieces()

    /// How many bytes that is.
    var waitingLength: Int { pieces.byteCount }

    /// A body of which nothing has arrived, or that has none.
    init(_ arrival: Arrival) { self.arrival = arrival }

    /// Becomes the body of another request.
    @inline(__always)
    mutating func begin(_ arrival: Arrival) {
        self.arrival = arrival
        (reader, end, life) = (.nobody, .ahead, .open)
        isThrownAway = false
        if failure != nil { failure = nil }
        pieces.removeAll()
    }

    /// The body of what is no request: nothing will happen to it.
    static var none: RequestBody {
        var body = RequestBody(.arrived)
        body.life = .closed
        return body
    }

    var isOpen: Bool { life == .open }

    /// Whether its end was reached by a reader.
    var isRead: Bool { end == .told || end == .unheard }
}

// MARK: - Events

extension RequestBody {
    /// Which callbacks the program has set on the request.
    struct Listeners: OptionSet {
        let rawValue: UInt8

        /// For content.
        static let content = Listeners(rawValue: 1)
        static let end = Listeners(rawValue: 2)
        static let others = Listeners(rawValue: 4)
    }

    enum Event: Equatable {
        // From the program.
        case contentListenerSet, collectorSet, endListenerSet, resumed, paused

        // From the connection. The answer that was sent leaves a body that has no reader to be thrown away.
        // One that has failed is cut when its connection has closed.
        case pieceArrived(Listeners), arrived(Listeners), answered(Listeners), failed(HTTPBodyError), cut(HTTPBodyError)

        // From the ticks that actions have asked for, and the next step of `flow`.
        case startTick, flowStep, endTick(Listeners), closeTick
    }

    /// What an event leads to, in the order in which it is done.
    struct Actions: OptionSet, Equatable {
        let rawValue: UInt16

        /// The reader gets nothing of what is thrown away: forget it.
        static let dropReader = Actions(rawValue: 1 << 0)
        /// ``Event/endTick(_:)`` in a tick.
        static let endInTick = Actions(rawValue: 1 << 1)
        /// Pass on the piece that has waited longest.
        static let passPiece = Actions(rawValue: 1 << 2)
        /// Pass on what has arrived, where it lies.
        static let pass = Actions(rawValue: 1 << 3)
        /// Keep what has arrived.
        static let keep = Actions(rawValue: 1 << 4)
        /// Send ``Event/flowStep`` until no piece is passed on.
        static let flow = Actions(rawValue: 1 << 5)
        /// The connection may read on.
        static let readOn = Actions(rawValue: 1 << 6)
        /// ``flow`` in a tick.
        static let flowInTick = Actions(rawValue: 1 << 7)
        /// ``Event/startTick`` in a tick.
        static let startInTick = Actions(rawValue: 1 << 8)
        static let tellEnd = Actions(rawValue: 1 << 9)
        static let tellEndInTick = Actions(rawValue: 1 << 10)
        /// ``Event/closeTick`` in a tick of a tick: `destroy` in Node, whose error and whose `close` take one each.
        static let closeInTwoTicks = Actions(rawValue: 1 << 11)
        static let tellCut = Actions(rawValue: 1 << 12)
        static let tellClosed = Actions(rawValue: 1 << 13)
    }

    @inline(__always)
    mutating func on(_ event: Event) -> Actions {
        switch event {
        case .contentListenerSet: reader == .nobody ? resume() : []
        case .collectorSet: collect()
        case .endListenerSet: hearEnd()
        case .resumed: resume()
        case .paused: pause()
        case .pieceArrived(let listeners): place(listeners)
        case .arrived(let listeners): arrive(listeners)
        case .answered(let listeners): throwAway(listeners)
        case .failed(let error): fail(error)
        case .cut(let error): cut(error)
        case .startTick: start()
        case .flowStep: flow()
        case .endTick(let listeners): tellEnd(listeners)
        case .closeTick: close()
        }
    }

    /// Keeps a piece: the action `keep`.
    mutating func keep(_ piece: [UInt8]) { pieces.append(piece) }

    /// The piece that has waited longest: the action `passPiece`.
    mutating func takePiece() -> [UInt8]? { pieces.popFirst() }
}

// MARK: - Transitions

extension RequestBody {
    /// In a tick, as Node's `resume_`: a program that sets one callback must have time to set the others.
    private mutating func resume() -> Actions {
        switch reader {
        case .starting, .reading: return []
        case .nobody, .paused(hasRead: false): reader = .starting
        case .paused(hasRead: true): reader = .reading
        }
        return isOpen ? .startInTick : []
    }

    /// A collector sets no other callbacks, so what is there to come goes straight to it.
    private mutating func collect() -> Actions {
        guard reader == .nobody else { return [] }
        guard isOpen, arrival == .arriving, pieces.isEmpty else { return resume() }
        reader = .reading
        return .readOn
    }

    private mutating func pause() -> Actions {
        if reader == .nobody || reader == .starting { reader = .paused(hasRead: false) }
        if reader == .reading { reader = .paused(hasRead: true) }
        return []
    }

    private mutating func start() -> Actions {
        guard isOpen else { return [] }
        guard arrival == .arriving else { return pieces.isEmpty ? scheduleEnd().union(.flow) : .flow }
        reader = isFlowing ? .reading : .paused(hasRead: true)
        return .flow
    }

    /// The next step of passing on what waits.
    private mutating func flow() -> Actions {
        guard isOpen, isFlowing else { return [] }
        guard arrival == .arrived else {
            reader = .reading
            return pieces.isEmpty ? .readOn : .passPiece
        }
        return switch pieces.count {
        case 0: scheduleEnd()
        case 1: scheduleEnd().union(.passPiece)
        default: .passPiece
        }
    }

    private var isFlowing: Bool { reader == .starting || reader == .reading }

    private mutating func place(_ listeners: Listeners) -> Actions {
        guard isOpen, !isThrownAway else { return [] }
        guard isFlowing else { return .keep }
        guard listeners.contains(.content) else { return [] }
        return reader == .reading && pieces.isEmpty ? .pass : .keep
    }

    private mutating func arrive(_ listeners: Listeners) -> Actions {
        arrival = .arrived
        guard isOpen else { return [] }
        if reader == .reading || reader == .paused(hasRead: true) { return .flow }
        // A request that nothing is to be told of needs no tick.
        return listeners.isEmpty && reader != .starting ? [] : .flowInTick
    }

    private mutating func scheduleEnd() -> Actions {
        guard end == .ahead else { return [] }
        end = .scheduled
        return .endInTick
    }

    private mutating func tellEnd(_ listeners: Listeners) -> Actions {
        guard isOpen, end == .scheduled else { return [] }
        end = listeners.contains(.end) ? .told : .unheard
        return [.tellEnd, .closeInTwoTicks]
    }

    /// A listener that comes behind the end hears of it, too.
    private mutating func hearEnd() -> Actions {
        guard end == .unheard else { return [] }
        end = .told
        return .tellEndInTick
    }

    private mutating func throwAway(_ listeners: Listeners) -> Actions {
        guard isOpen, end == .ahead, reader != .reading else { return [] }
        var (actions, listeners) = (Actions(), listeners)
        if case .paused = reader {
            actions = .dropReader
            listeners.remove(.content)
            pieces.removeAll()
        }
        isThrownAway = !listeners.contains(.content)
        let isOver = arrival == .arrived && listeners.isEmpty
        return actions.union(isOver ? close() : resume())
    }

    private mutating func fail(_ error: HTTPBodyError) -> Actions {
        if isOpen { failure = error }
        return []
    }

    /// One that was read whole closes by itself.
    private mutating func cut(_ error: HTTPBodyError) -> Actions {
        guard isOpen, !isRead else { return [] }
        life = .cut(failure ?? error)
        pieces.removeAll()
        return .tellCut
    }

    private mutating func close() -> Actions {
        guard isOpen else { return [] }
        life = .closed
        pieces.removeAll()
        return .tellClosed
    }
}
