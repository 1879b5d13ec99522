/// One request and its answer: what has happened to both, and what that means. A pure value, events in, actions out.
///
/// The two halves are told of their events themselves, and do not know each other. What concerns both is here: what a
/// request begins with, whether another one may follow it, and what becomes of the answer when the body breaks off.
struct Exchange: Equatable {
    var body: RequestBody
    var answer = Answer()

    /// Whether the client has announced more content than is taken.
    private(set) var exceedsLimit: Bool

    private var expectation: MessageHead.Expectation
    private var wasToldToContinue = false

    /// The exchange of a request whose head was parsed.
    init(_ framing: BodyFraming, _ expectation: MessageHead.Expectation, _ limits: HTTPLimits) {
        body = RequestBody(framing == .none ? .arrived : .arriving)
        exceedsLimit = !limits.admits(framing)
        self.expectation = expectation
    }

    /// Becomes the exchange of another request.
    @inline(__always)
    mutating func begin(_ framing: BodyFraming, _ expectation: MessageHead.Expectation, _ limits: HTTPLimits) {
        body.begin(framing == .none ? .arrived : .arriving)
        answer = Answer()
        exceedsLimit = !limits.admits(framing)
        self.expectation = expectation
        wasToldToContinue = false
    }

    /// The exchange of an answer to what is no request, or to a request that cannot go on.
    init() {
        body = .none
        exceedsLimit = false
        expectation = .none
    }

    /// The exchange of a request that is done with: what is written to its answer is dropped.
    static var over: Exchange {
        var exchange = Exchange()
        exchange.answer = .over
        return exchange
    }

    /// Whether both halves are done with.
    var isOver: Bool { !body.isOpen && !answer.isOwed }
}

// MARK: - How it begins

extension Exchange {
    /// What is done with a request whose head has arrived.
    enum Beginning {
        case callHandler
        /// The client waits for `100 Continue`, which it gets before the handler is called.
        case tellToContinue
        case checkContinue
        case checkExpectation
        /// 417.
        case refuseExpectation
        /// 413.
        case refuseBody
    }

    /// Whose callbacks look at a request first.
    struct Checks: OptionSet {
        let rawValue: UInt8

        /// The handler refuses bodies over the limit by itself, later: a router does.
        static let body = Checks(rawValue: 1)
        static let `continue` = Checks(rawValue: 2)
        static let expectation = Checks(rawValue: 4)
    }

    /// What is done, if the program makes these checks by itself.
    @inline(__always)
    func beginning(_ checks: Checks) -> Beginning {
        if exceedsLimit, !checks.contains(.body) { return .refuseBody }
        switch expectation {
        case .none: return .callHandler
        case .continue:
            if checks.contains(.continue) { return .checkContinue }
            // A body over the limit is not asked for.
            return body.arrival == .arriving && !exceedsLimit ? .tellToContinue : .callHandler
        case .unknown: return checks.contains(.expectation) ? .checkExpectation : .refuseExpectation
        }
    }

    /// `100 Continue` is sent.
    mutating func tellToContinue() { wasToldToContinue = true }
}

// MARK: - How it ends

extension Exchange {
    /// Whether the connection can carry another request behind this one, as far as the request decides that. The head of
    /// the answer says so.
    ///
    /// A body over the limit is not waited for. A client that was not told to go on may send its body or not.
    var mayBeFollowed: Bool {
        body.arrival == .arrived || !exceedsLimit && (expectation != .continue || wasToldToContinue)
    }

    /// Another answer begins in place of the one that was begun. What waits for its turn was not sent, `100 Continue`
    /// included. Returns false if a part of it was sent.
    mutating func beginAnswerAgain() -> Bool {
        if answer.place == .waiting { wasToldToContinue = false }
        return answer.beginAgain()
    }

    /// What becomes of an answer when the body of its request has failed.
    enum Replacement {
        /// It was given already, and is the last one.
        case isAnswered
        /// A part of it was sent: nothing but the end of the connection tells the client.
        case endConnection
        /// Another answer takes its place.
        case replace
    }

    /// What is done about an answer of which nothing more is to be sent, since the body has failed.
    var replacement: Replacement {
        answer.isEnded ? .isAnswered : answer.isOnItsWay ? .endConnection : .replace
    }
}
