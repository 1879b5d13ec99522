import Testing

@testable import UVHTTP

@Suite("A request and its answer, as one value")
struct ExchangeTests {
    static let framings: [BodyFraming] = [.none, .length(10), .length(11), .chunked]
    static let expectations: [MessageHead.Expectation] = [.none, .continue, .unknown]
    static let allChecks = (0..<8).map { Exchange.Checks(rawValue: $0) }

    /// Every way in which a request can begin, with a limit of ten bytes.
    static let beginnings: [(BodyFraming, MessageHead.Expectation, Exchange)] = framings.flatMap { framing in
        expectations.map { expectation in
            var limits = HTTPLimits()
            limits.body = 10
            return (framing, expectation, Exchange(framing, expectation, limits))
        }
    }

    @Test("A body over the limit is refused before anything else, unless the program does that later")
    func limit() {
        for (framing, _, exchange) in Self.beginnings {
            #expect(exchange.exceedsLimit == (framing == .length(11)))
            for checks in Self.allChecks {
                let isRefused = exchange.exceedsLimit && !checks.contains(.body)
                #expect((exchange.beginning(checks) == .refuseBody) == isRefused)
            }
        }
    }

    @Test("A client is told to continue if it waits for that, has a body that is taken, and no callback says otherwise")
    func tellToContinue() {
        for (framing, expectation, exchange) in Self.beginnings {
            for checks in Self.allChecks {
                let isTold =
                    expectation == .continue && (framing == .length(10) || framing == .chunked)
                    && !checks.contains(.continue)
                #expect((exchange.beginning(checks) == .tellToContinue) == isTold)
            }
        }
    }

    @Test("A callback sees the expectation that it is for, and an unknown one without callback is refused")
    func expectations() {
        for (_, expectation, exchange) in Self.beginnings where !exchange.exceedsLimit {
            for checks in Self.allChecks {
                let beginning = exchange.beginning(checks)
                let (isContinue, isUnknown) = (expectation == .continue, expectation == .unknown)
                #expect((beginning == .checkContinue) == (isContinue && checks.contains(.continue)))
                #expect((beginning == .checkExpectation) == (isUnknown && checks.contains(.expectation)))
                #expect((beginning == .refuseExpectation) == (isUnknown && !checks.contains(.expectation)))
            }
        }
    }

    @Test("An answer lets a request follow when the body is here, or is sure to come and is taken")
    func following() {
        for (framing, expectation, begun) in Self.beginnings {
            var told = begun
            told.tellToContinue()
            var arrived = begun
            _ = arrived.body.on(.arrived([]))
            #expect(arrived.mayBeFollowed)
            #expect(told.mayBeFollowed == (framing != .length(11)))
            let mayNotCome = framing != .none && expectation == .continue
            #expect(begun.mayBeFollowed == (framing != .length(11) && !mayNotCome))
        }
    }

    @Test("An answer that begins again takes 100 Continue back if that waits, and not if it was sent")
    func beginAgain() {
        for isCurrent in [false, true] {
            for (framing, expectation, begun) in Self.beginnings where framing == .chunked && expectation == .continue {
                var exchange = begun
                if isCurrent { exchange.answer.becomeCurrent() }
                exchange.tellToContinue()
                let begins = exchange.beginAnswerAgain()
                #expect(begins)
                #expect(exchange.mayBeFollowed == isCurrent)
            }
        }
    }

    @Test("With every body and every answer: an exchange is over when both are, and what was sent is not replaced")
    func everyCombination() {
        let bodies = RequestBodyStateTests.transitions.map(\.after).unique
        let answers = AnswerStateTests.transitions.map(\.after).unique
        #expect(bodies.count > 30 && answers.count > 60)
        var exchange = Exchange()
        for body in bodies {
            for answer in answers {
                (exchange.body, exchange.answer) = (body, answer)
                let isOver = !body.isOpen && (answer.place == .sent || answer.place == .dropped)
                let isFree = !answer.isEnded && (answer.place != .current || answer.progress == .open)
                if exchange.isOver != isOver || (exchange.replacement == .replace) != isFree {
                    Issue.record("\(exchange)")
                }
            }
        }
    }

    @Test("What concerns one half leaves the other as it is")
    func halves() {
        for (_, _, begun) in Self.beginnings {
            for event in RequestBodyStateTests.events {
                var exchange = begun
                _ = exchange.body.on(event)
                #expect(exchange.answer == begun.answer)
            }
            for event in AnswerStateTests.Event.allCases {
                var exchange = begun
                exchange.answer = AnswerStateTests.step(exchange.answer, event).after
                #expect(exchange.body == begun.body)
            }
        }
    }
}

extension Array where Element: Equatable {
    /// Each element once.
    fileprivate var unique: [Element] {
        reduce(into: []) { known, element in if !known.contains(element) { known.append(element) } }
    }
}
