import UVCore

/// A message whose body arrives: a request to a server, or an answer to a client. What the state of its body asks for, is
/// done here.
@LoopActor
protocol ReceivedMessage: AnyObject {
    var loop: EventLoop { get }

    /// How far the body has come and has been read.
    var body: RequestBody { get set }

    /// What the program wants to be told.
    var bodyCallbacks: BodyCallbacks { get set }

    /// Runs a callback of the program's.
    func run(_ callback: () throws -> Void)

    /// The body has a reader (again), and no piece waits for it.
    func bodyHasReader()

    /// The program hears nothing more of the body.
    func bodyIsOver()
}

/// What the program wants to be told of a message. The closures usually hold the message, which holds them until it is
/// closed.
struct BodyCallbacks {
    var data: (([UInt8]) throws -> Void)?
    var bytes: ((RawSpan) throws -> Void)?
    var end: (() throws -> Void)?
    var aborted: (() throws -> Void)?
    var error: ((HTTPBodyError) throws -> Void)?
    var close: (() throws -> Void)?

    /// Takes the content in place of `data` and `bytes`, and hears of its end or failure before the others.
    var collector: BodyCollector?

    /// Which of them are set.
    var listeners: RequestBody.Listeners {
        var listeners: RequestBody.Listeners = collector == nil ? [] : [.content, .end, .others]
        if data != nil || bytes != nil { listeners.insert(.content) }
        if end != nil { listeners.insert(.end) }
        if aborted != nil || error != nil || close != nil { listeners.insert(.others) }
        return listeners
    }

    /// Whether there is a collector, and nothing else listens.
    var hasOnlyCollector: Bool {
        collector != nil && data == nil && bytes == nil && end == nil && aborted == nil && error == nil && close == nil
    }

    /// Most messages have none.
    mutating func removeAll() {
        if !listeners.isEmpty { self = BodyCallbacks() }
    }
}

// MARK: - What the program sets

extension ReceivedMessage {
    /// Which callbacks are set.
    var listeners: RequestBody.Listeners { bodyCallbacks.listeners }

    /// A callback for content was set. A body that was paused stays so, as in Node.
    func contentListenerChanged() {
        if listeners.contains(.content) { handle(.contentListenerSet) }
    }

    /// Has the whole body gathered.
    func collect(by collector: BodyCollector) {
        bodyCallbacks.collector = collector
        handle(.collectorSet)
    }

    func endListenerChanged() {
        if bodyCallbacks.end != nil { handle(.endListenerSet) }
    }

    func closeListenerChanged() {
        if !body.isOpen, bodyCallbacks.close != nil { loop.nextTick { [self] in tellClosed() } }
    }
}

// MARK: - What the connection tells it

extension ReceivedMessage {
    /// Whether more of the body is taken now, to be read or thrown away.
    func takesMore(below mark: Int) -> Bool { body.waitingLength < mark || !body.isOpen }

    /// A piece of the body has arrived.
    func deliver(_ bytes: RawSpan) {
        let actions = body.on(.pieceArrived(listeners))
        if actions == .pass { read(bytes) }
        if actions == .keep { body.keep([UInt8](copying: bytes)) }
    }

    /// The last byte has arrived.
    func complete() { handle(.arrived(listeners)) }
}

// MARK: - What its state asks for

extension ReceivedMessage {
    @inline(__always)
    func handle(_ event: RequestBody.Event) {
        let actions = body.on(event)
        if !actions.isEmpty { perform(actions) }
    }

    private func perform(_ actions: RequestBody.Actions) {
        // Of most messages this is all that is to be done.
        if actions == .tellClosed { return tellClosed() }
        if actions.contains(.dropReader) {
            bodyCallbacks.data = nil
            bodyCallbacks.bytes = nil
        }
        if actions.contains(.endInTick) { loop.nextTick { [self] in handle(.endTick(listeners)) } }
        if actions.contains(.flow) { flow() }
        if actions.contains(.readOn) { bodyHasReader() }
        if actions.contains(.flowInTick) { loop.nextTick { [self] in flow() } }
        if actions.contains(.startInTick) { loop.nextTick { [self] in handle(.startTick) } }
        if actions.contains(.tellEnd) { tellEnd() }
        if actions.contains(.tellEndInTick) { loop.nextTick { [self] in tellEnd() } }
        if actions.contains(.closeInTwoTicks) { closeInTwoTicks() }
        if actions.contains(.tellCut) { tellCut() }
        if actions.contains(.tellClosed) { tellClosed() }
    }

    /// Where only a collector has listened, nothing hears of the close, and it need not wait.
    private func closeInTwoTicks() {
        if bodyCallbacks.hasOnlyCollector { return handle(.closeTick) }
        loop.nextTick { [self] in loop.nextTick { [self] in handle(.closeTick) } }
    }

    /// Passes on what waits.
    private func flow() {
        repeat {
            let actions = body.on(.flowStep)
            perform(actions)
            guard actions.contains(.passPiece), let piece = body.takePiece() else { return }
            read(piece)
        } while true
    }

    /// Passes on a piece that was kept.
    private func read(_ piece: [UInt8]) {
        guard let isTaken = bodyCallbacks.collector?.add(piece) else { return read(piece.span.bytes) }
        if !isTaken { conclude(with: .tooLarge) }
    }

    private func read(_ bytes: RawSpan) {
        if let isTaken = bodyCallbacks.collector?.add(bytes) { return isTaken ? () : conclude(with: .tooLarge) }
        run {
            if let onBytes = bodyCallbacks.bytes {
                try onBytes(bytes)
            } else if let onData = bodyCallbacks.data {
                try onData([UInt8](copying: bytes))
            }
        }
    }

    /// Calls what waits for the whole body.
    private func conclude(with error: HTTPBodyError? = nil) {
        guard let (done, body) = bodyCallbacks.collector?.takeAll() else { return }
        run { if let error { try done(.failure(error)) } else { try done(.success(body)) } }
    }

    private func tellEnd() {
        conclude()
        if let onEnd = bodyCallbacks.end { run(onEnd) }
        if !body.isOpen { bodyCallbacks.end = nil }
    }

    private func tellCut() {
        if let onAborted = bodyCallbacks.aborted { run(onAborted) }
        if listeners.isEmpty { return bodyIsOver() }
        loop.nextTick { [self] in loop.nextTick { [self] in tellError() } }
    }

    private func tellError() {
        if case .cut(let error) = body.life {
            conclude(with: error)
            if let onError = bodyCallbacks.error { run { try onError(error) } }
        }
        tellClosed()
    }

    private func tellClosed() {
        if let onClose = bodyCallbacks.close { run(onClose) }
        bodyCallbacks.removeAll()
        bodyIsOver()
    }
}
