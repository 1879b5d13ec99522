import Testing

@testable import UVHTTP

@Suite("An answer, as a value")
struct AnswerStateTests {
    enum Event: CaseIterable {
        case emptyHead, lengthHead, untilCloseHead, chunkedHead, lastHead
        case writeNothing, write, writeTooMuch, holdUp, end, beginAgain, withhold, release, giveUp
        case becomeCurrent, drain, send, drop
    }

    /// What an event has given back.
    enum Outcome: Equatable {
        case none
        case portion(Answer.Portion)
        case flag(Bool)
    }

    struct Transition {
        let before: Answer
        let event: Event
        let after: Answer
        let outcome: Outcome
    }

    static func framing(_ body: ResponseFraming.Body, isLast: Bool = false) -> ResponseFraming {
        ResponseFraming(body: body, isLast: isLast)
    }

    static func step(_ before: Answer, _ event: Event) -> Transition {
        var answer = before
        var outcome = Outcome.none
        switch event {
        case .emptyHead: answer.sendHead(framing(.none))
        case .lengthHead: answer.sendHead(framing(.plain(length: 5)))
        case .untilCloseHead: answer.sendHead(framing(.plain(length: nil), isLast: true))
        case .chunkedHead: answer.sendHead(framing(.chunked))
        case .lastHead: answer.sendHead(framing(.chunked, isLast: true))
        case .writeNothing: outcome = .portion(answer.write(0))
        case .write: outcome = .portion(answer.write(3))
        case .writeTooMuch: outcome = .portion(answer.write(9))
        case .holdUp: answer.holdUp()
        case .end: outcome = .flag(answer.end())
        case .beginAgain: outcome = .flag(answer.beginAgain())
        case .withhold: answer.withhold()
        case .release: answer.release()
        case .giveUp: answer.giveUp()
        case .becomeCurrent: answer.becomeCurrent()
        case .drain: outcome = .flag(answer.drain())
        case .send: answer.send()
        case .drop: outcome = .flag(answer.drop())
        }
        return Transition(before: before, event: event, after: answer, outcome: outcome)
    }

    /// Every state that any order of events leads to, with up to twelve bytes of a body.
    static let transitions: [Transition] = {
        var known = [Answer(), .over]
        var transitions: [Transition] = []
        var next = 0
        while next < known.count {
            for event in Event.allCases {
                let transition = step(known[next], event)
                transitions.append(transition)
                let answer = transition.after
                if answer.bodyLength <= 12, !known.contains(answer) { known.append(answer) }
            }
            next += 1
        }
        return transitions
    }()

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

    @Test("Every place is looked at with all that can have been given")
    func states() {
        for place in [Answer.Place.waiting, .current, .dropped] {
            let answers = Self.transitions.map(\.before).filter { $0.place == place }
            #expect(answers.contains { $0.progress == .open })
            #expect(answers.contains { $0.isHeadSent && !$0.isEnded })
            #expect(answers.contains { $0.progress == .ended(isLast: false) })
            #expect(answers.contains { $0.progress == .ended(isLast: true) })
        }
        #expect(Self.transitions.contains { $0.before.place == .sent })
    }

    @Test("An answer that was sent or dropped stays so, and what was ended stays ended")
    func over() {
        expectAll({ $0.after.place == $0.before.place }) { !$0.before.isOwed }
        expectAll({ $0.after.progress == $0.before.progress }) {
            $0.before.isEnded && $0.event != .beginAgain && $0.event != .release
        }
        expectAll({ $0.before.isWritten }) { $0.before.isOwed && $0.after.place == .sent }
    }

    @Test("What is withheld counts as ended, with nothing of it sent, until it is released")
    func withheld() {
        expectAll({ $0.after.isWithheld == ($0.before.progress == .open || $0.before.isWithheld) }) {
            $0.event == .withhold
        }
        expectAll({ $0.before.isEnded && $0.before.isHeadSent && !$0.before.isOnItsWay && !$0.before.isWritten }) {
            $0.before.isWithheld
        }
        expectAll({ $0.after.isWithheld }) {
            $0.before.isWithheld && ![.release, .beginAgain].contains($0.event)
        }
        expectAll({ $0.after.progress == ($0.before.isWithheld ? .open : $0.before.progress) }) {
            $0.event == .release
        }
    }

    @Test("A head is sent once; only what was not on its way can begin again")
    func heads() {
        expectAll({ $0.after.progress == .open }) { $0.event == .beginAgain && $0.before.place == .waiting }
        expectAll({ $0.after == $0.before && $0.outcome == .flag(false) }) {
            $0.event == .beginAgain && $0.before.isOnItsWay
        }
        let heads: [Event] = [.emptyHead, .lengthHead, .untilCloseHead, .chunkedHead, .lastHead]
        expectAll({ $0.after == $0.before }) { heads.contains($0.event) && $0.before.isHeadSent }
    }

    @Test("Nothing is written before the head or behind the end")
    func writing() {
        let writes: [Event] = [.writeNothing, .write, .writeTooMuch]
        expectAll({ $0.outcome == .portion(.nothing) && $0.after == $0.before }) {
            writes.contains($0.event) && (!$0.before.isHeadSent || $0.before.isEnded)
        }
    }

    @Test("No more is sent than the head announces, and an answer that falls short is the last one")
    func length() {
        for counts in [[3], [5], [9], [3, 2], [3, 9], [0, 5]] {
            var answer = Answer()
            answer.sendHead(Self.framing(.plain(length: 5)))
            let sent = counts.map { answer.write($0) }
            #expect(answer.bodyLength == min(counts.reduce(0, +), 5))
            #expect(sent.last == .plain(min(counts.last ?? 0, 5 - counts.dropLast().reduce(0, +))))
            let hasLastChunk = answer.end()
            #expect(!hasLastChunk)
            #expect(answer.isLast == (counts == [3]))
        }
    }

    @Test("A whole answer is what its head, its one piece and its end are; one in chunks is left alone")
    func whole() {
        let bodies: [ResponseFraming.Body] = [.none, .plain(length: 5), .plain(length: nil), .chunked]
        for (body, count, isLast) in bodies.flatMap({ body in
            [0, 3, 5, 9].flatMap { count in [false, true].map { (body, count, $0) } }
        }) {
            let framing = Self.framing(body, isLast: isLast)
            var (one, pieces) = (Answer(), Answer())
            let sent = one.sendWhole(framing, count)
            pieces.sendHead(framing)
            let portion = pieces.write(count)
            let hasLastChunk = pieces.end()
            guard body != .chunked else {
                #expect(sent == nil && one == Answer())
                continue
            }
            #expect(one == pieces && !hasLastChunk)
            #expect(portion == (body == .none ? .nothing : .plain(sent ?? -1)))
        }
    }

    @Test("A chunked body is ended by a chunk of its own, and an empty chunk is never sent")
    func chunks() {
        expectAll({ $0.outcome == .portion(.nothing) }) {
            $0.event == .writeNothing && $0.before.progress == .streaming(Self.framing(.chunked))
        }
        expectAll({ ($0.outcome == .flag(true)) == ($0.before.progress == .streaming(Self.framing(.chunked))) }) {
            if case .streaming(let framing) = $0.before.progress { return $0.event == .end && !framing.isLast }
            return false
        }
    }

    @Test("The next one may write when this one is ended in its turn, unless it is the last or was given up")
    func turns() {
        expectAll { transition in
            let (place, progress) = (transition.after.place, transition.after.progress)
            return transition.after.letsNextWrite
                == (place == .current && progress == .ended(isLast: false) && !transition.after.isGivenUp)
        }
        expectAll({ $0.after.isGivenUp == ($0.before.isGivenUp || $0.event == .giveUp) })
        expectAll({ $0.after.isLast == (framingIsLast($0.before) || fellShort($0.before)) }) {
            $0.event == .end && $0.before.isHeadSent && !$0.before.isEnded
        }
    }

    private func framingIsLast(_ answer: Answer) -> Bool {
        if case .streaming(let framing) = answer.progress { return framing.isLast }
        return false
    }

    private func fellShort(_ answer: Answer) -> Bool {
        guard case .streaming(let framing) = answer.progress else { return false }
        if case .plain(let left?) = framing.body { return left > 0 }
        return false
    }

    @Test("A program goes on at a drain if it was told to stop, once, and not behind the end")
    func drain() {
        expectAll({ transition in
            let (answer, isTold) = (transition.before, transition.outcome == .flag(true))
            return isTold == (answer.waitsForDrain && answer.isOwed && !answer.isEnded)
        }) { $0.event == .drain }
        expectAll({ !$0.after.waitsForDrain }) { $0.outcome == .flag(true) && $0.event == .drain }
    }
}
