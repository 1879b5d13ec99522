import Testing

@testable import UVHTTP

@Suite("The body of a request, as a value")
struct RequestBodyStateTests {
    typealias Event = RequestBody.Event
    typealias Actions = RequestBody.Actions

    /// Nothing, one callback of each kind, and all.
    static let listeners: [RequestBody.Listeners] = [[], .content, .end, .others, [.content, .end, .others]]

    static let events: [Event] =
        [.contentListenerSet, .collectorSet, .endListenerSet, .resumed, .paused, .startTick, .flowStep, .closeTick]
        + [.cut(.aborted), .cut(.tooLarge), .failed(.tooLarge)]
        + listeners.flatMap { [.pieceArrived($0), .arrived($0), .answered($0), .endTick($0)] }

    /// What happened where.
    struct Transition {
        let before: RequestBody
        let event: Event
        let after: RequestBody
        let actions: Actions
    }

    /// Every state that any order of events leads to, with up to two pieces waiting, and what each event does there.
    static let transitions: [Transition] = {
        var known: [RequestBody] = [RequestBody(.arriving), RequestBody(.arrived), .none]
        var transitions: [Transition] = []
        var next = 0
        while next < known.count {
            for event in events {
                // Nothing comes behind the last byte.
                if case .pieceArrived = event, known[next].arrival == .arrived { continue }
                let transition = step(known[next], event)
                transitions.append(transition)
                if transition.after.waitingLength <= 4, !known.contains(transition.after) {
                    known.append(transition.after)
                }
            }
            next += 1
        }
        return transitions
    }()

    /// What an event does, with what its actions do to the value.
    static func step(_ before: RequestBody, _ event: Event) -> Transition {
        var body = before
        let actions = body.on(event)
        if actions.contains(.keep) { body.keep([1, 2]) }
        if actions.contains(.passPiece), body.takePiece() != [1, 2] { Issue.record("\(before) \(event) has no piece") }
        return Transition(before: before, event: event, after: body, actions: actions)
    }

    private func expectAll(
        _ fact: (Transition) -> Bool, where isOfInterest: (Transition) -> Bool = { _ in true },
        location: SourceLocation = #_sourceLocation
    ) {
        let transitions = Self.transitions.filter(isOfInterest)
        #expect(!transitions.isEmpty, sourceLocation: location)
        for transition in transitions where !fact(transition) {
            Issue.record("\(transition)", sourceLocation: location)
        }
    }

    @Test("Every state is looked at: those that are open, whatever was read, and those that are over")
    func states() {
        let states = Self.transitions.map(\.before).reduce(into: [RequestBody]()) { known, state in
            if !known.contains(state) { known.append(state) }
        }
        for arrival in [RequestBody.Arrival.arriving, .arrived] {
            let readers: [RequestBody.Reader] = [.nobody, .starting, .reading]
            for reader in readers + [.paused(hasRead: false), .paused(hasRead: true)] {
                #expect(states.contains { $0.arrival == arrival && $0.reader == reader && $0.isOpen })
            }
        }
        for end in [RequestBody.End.ahead, .scheduled, .unheard, .told] {
            for life in [RequestBody.Life.open, .closed] {
                #expect(states.contains { $0.end == end && $0.life == life }, "\(end) \(life)")
            }
        }
    }

    @Test("What is over stays over, and asks for nothing but that a late listener hears of the end")
    func over() {
        expectAll({ $0.after.life == $0.before.life && $0.actions.subtracting(.tellEndInTick).isEmpty }) {
            !$0.before.isOpen
        }
    }

    @Test("Nothing goes back: a body arrives once, ends once and closes once")
    func forward() {
        let ends: [RequestBody.End] = [.ahead, .scheduled, .unheard, .told]
        func rank(_ body: RequestBody) -> Int { ends.firstIndex(of: body.end) ?? 0 }
        expectAll { rank($0.after) >= rank($0.before) }
        expectAll { $0.before.arrival == .arriving || $0.after.arrival == .arrived }
        expectAll { $0.before.isOpen || !$0.after.isOpen }
        expectAll({ $0.before.end == .ahead && $0.after.end == .scheduled }) { $0.actions.contains(.endInTick) }
        expectAll({ $0.before.end == .scheduled && $0.before.isOpen }) { $0.actions.contains(.tellEnd) }
        expectAll({ $0.before.isOpen && !$0.after.isOpen }) { $0.actions.contains(.tellClosed) }
        expectAll({ $0.before.isOpen && !$0.after.isOpen }) { $0.actions.contains(.tellCut) }
    }

    @Test("The end comes when the last byte has arrived and nothing waits, and the close behind the end")
    func end() {
        expectAll({ $0.before.arrival == .arrived && $0.after.waitingLength == 0 }) { $0.actions.contains(.endInTick) }
        expectAll({ $0.actions.contains(.closeInTwoTicks) }) { $0.actions.contains(.tellEnd) }
    }

    @Test("Content stays in its order: what arrives is passed on only when nothing waits")
    func order() {
        expectAll({ $0.before.waitingLength == 0 && $0.before.reader == .reading }) { $0.actions.contains(.pass) }
        expectAll({ $0.before.waitingLength > 0 }) { $0.actions.contains(.passPiece) }
        expectAll({ $0.after.reader == .reading || $0.after.reader == .starting }) { $0.actions.contains(.passPiece) }
    }

    @Test("Nothing is passed to a paused reader, or one that comes in this tick, and nothing of it is lost")
    func paused() {
        func waits(_ transition: Transition) -> Bool {
            guard case .pieceArrived = transition.event, transition.before.isOpen else { return false }
            if transition.before.isThrownAway { return false }
            return transition.before.reader != .reading && transition.before.reader != .starting
        }
        expectAll({ $0.actions == .keep && $0.after.waitingLength == $0.before.waitingLength + 2 }, where: waits)
    }

    @Test("Content that is read but has no callback is thrown away")
    func thrownAway() {
        expectAll({ $0.actions.isEmpty && $0.after == $0.before }) {
            guard case .pieceArrived(let listeners) = $0.event, !listeners.contains(.content) else { return false }
            return $0.before.reader == .starting || $0.before.reader == .reading
        }
        expectAll({ $0.actions.isEmpty && $0.after == $0.before }) {
            if case .pieceArrived = $0.event { return $0.before.isThrownAway }
            return false
        }
    }

    @Test("A body that has failed is cut for that reason, whatever ends it")
    func failed() {
        expectAll({ $0.after.life == .cut(.tooLarge) }) {
            $0.before.failure != nil && $0.actions.contains(.tellCut)
        }
        expectAll({ $0.actions.isEmpty && $0.after.life == $0.before.life }) { $0.event == .failed(.tooLarge) }
    }

    @Test("The connection reads on when a reader has taken all that has arrived, and more may come")
    func readOn() {
        expectAll({ $0.after.reader == .reading && $0.after.waitingLength == 0 && $0.after.arrival == .arriving }) {
            $0.actions.contains(.readOn)
        }
    }

    @Test("A body that was not read is thrown away when the answer was sent; one that is read is left alone")
    func answered() {
        func isAnswer(_ transition: Transition) -> Bool {
            if case .answered = transition.event { return transition.before.isOpen }
            return false
        }
        expectAll({ $0.after == $0.before && $0.actions.isEmpty }) { isAnswer($0) && $0.before.reader == .reading }
        expectAll({ !$0.after.isOpen || $0.after.reader == .starting || $0.after.reader == .reading }) {
            isAnswer($0) && $0.before.end == .ahead
        }
        expectAll({ $0.actions.contains(.dropReader) && $0.after.waitingLength == 0 }) {
            guard case .paused = $0.before.reader else { return false }
            return isAnswer($0) && $0.before.end == .ahead
        }
    }

    @Test("Whatever has happened, a body that is resumed and arrives whole is read to its end and closed")
    func completion() {
        for start in Self.transitions.map(\.before) where start.isOpen {
            var body = start
            var ticks: [Event] = []
            func run(_ event: Event) {
                let step = Self.step(body, event)
                body = step.after
                if step.actions.contains(.startInTick) { ticks.append(.startTick) }
                if step.actions.contains(.flowInTick) || step.actions.contains(.flow) { ticks.append(.flowStep) }
                if step.actions.contains(.passPiece) { ticks.append(.flowStep) }
                if step.actions.contains(.endInTick) { ticks.append(.endTick(.end)) }
                if step.actions.contains(.closeInTwoTicks) { ticks.append(.closeTick) }
            }
            // Ticks that were under way.
            if start.reader == .starting || start.reader == .reading { ticks.append(.startTick) }
            if start.end == .scheduled { ticks.append(.endTick(.end)) }
            if start.isRead { ticks.append(.closeTick) }
            run(.resumed)
            run(.arrived(.end))
            for _ in 0..<20 where !ticks.isEmpty { run(ticks.removeFirst()) }
            #expect(body.life == .closed && body.isRead && body.waitingLength == 0, "\(start) became \(body)")
        }
    }
}
