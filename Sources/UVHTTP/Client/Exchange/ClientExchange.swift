/// One request and its answer as they stand on a connection: what has happened to both, and what that means. A pure
/// value, events in, actions out.
///
/// ```
/// request   ahead ── head ──► body ──────────────────────────── end ──► ended
///                       └───► held ── 100, or its time-out ──► body
///                              └─ the answer comes first ──► refused: the body is never sent
/// answer    awaited ── a byte ──► begun ── its head ──► arriving ── its end ──► arrived
/// ```
///
/// When both are over, and the system has taken the request, the connection carries the next exchange, or closes. Two are
/// never on their way at once: nothing is pipelined, since a server that closes would leave it open which of them it has
/// seen.
struct ClientExchange: Equatable {
    enum Request: Equatable {
        /// Nothing of it was sent.
        case ahead
        /// The head was, with `Expect: 100-continue`, and the server has not said to go on.
        case held
        case body
        case ended
        case refused
    }

    enum Answer: Equatable {
        case awaited
        /// A byte of it has arrived, or a head that comes before it.
        case begun
        case arriving
        case arrived
    }

    private(set) var request = Request.ahead
    private(set) var answer = Answer.awaited

    /// Whether the connection may carry another exchange, as far as both heads say.
    private(set) var isPersistent: Bool

    /// - Parameter isPersistent: False if the request says that the connection closes.
    init(isPersistent: Bool = true) { self.isPersistent = isPersistent }

    /// Whether content of the request may be sent now.
    var takesBody: Bool { request == .body }
}

// MARK: - Events

extension ClientExchange {
    /// The request's head is sent.
    mutating func sendHead(expectsContinue: Bool) {
        if request == .ahead { request = expectsContinue ? .held : .body }
    }

    /// The server wants the body, or has let the time pass in which it could have said so. Returns whether it was waited
    /// for. RFC 9110 section 10.1.1.
    mutating func mayContinue() -> Bool {
        guard request == .held else { return false }
        request = .body
        return true
    }

    /// The request is written whole. The system may not have taken it yet: see ``continuation(isDrained:)``.
    mutating func endRequest() {
        if request == .body { request = .ended }
    }

    /// A byte has arrived.
    mutating func receiveByte() {
        if answer == .awaited { answer = .begun }
    }

    /// The head of the answer has arrived.
    mutating func receiveHead(isPersistent: Bool) {
        answer = .arriving
        if !isPersistent { self.isPersistent = false }
        // A server that has not asked for the body may read it or not: nothing can follow on this connection.
        if request == .held { request = .refused }
    }

    /// The answer has arrived whole.
    ///
    /// - Parameter isLast: Whether the connection has ended, or more has come than was asked for: what that belongs to is
    ///   not known.
    mutating func receiveEnd(isLast: Bool) {
        answer = .arrived
        if isLast { isPersistent = false }
    }
}

// MARK: - What they mean

extension ClientExchange {
    enum Continuation: Equatable {
        /// The exchange goes on.
        case goOn
        /// The answer has arrived before the request was sent: the program still writes, or the system has not taken all.
        case sendRest
        /// The connection carries the next exchange.
        case reuse
        /// The connection closes. Content that is still to be sent is of no use any more: RFC 9112 section 9.3.
        case close
    }

    /// - Parameter isDrained: Whether the system has taken all that was written.
    func continuation(isDrained: Bool) -> Continuation {
        guard answer == .arrived else { return .goOn }
        guard isPersistent, request != .refused else { return .close }
        return request == .ended && isDrained ? .reuse : .sendRest
    }

    /// What is known of a request on whose connection this happens.
    struct Chances: OptionSet {
        let rawValue: UInt8

        /// The connection has carried an exchange before. The server may have closed it as idle before it saw this one.
        static let isReused = Chances(rawValue: 1)
        /// Twice has the effect of once, RFC 9110 section 9.2.2.
        static let isIdempotent = Chances(rawValue: 2)
        /// All that was sent is there to be sent again.
        static let isRepeatable = Chances(rawValue: 4)
        /// It has not been sent again before.
        static let isFirst = Chances(rawValue: 8)

        static let all: Chances = [.isReused, .isIdempotent, .isRepeatable, .isFirst]
    }

    enum Loss: Equatable {
        /// Nothing was lost: the answer had arrived.
        case nothing
        /// The request may be sent again, on another connection.
        case retry
        /// There is no answer. The server may have seen the request or not.
        case noAnswer
        /// The answer has broken off.
        case cutOff
    }

    /// What it means that the connection is gone. An answer that goes on until the close is ended before this is asked.
    func loss(_ chances: Chances) -> Loss {
        switch answer {
        case .arrived: .nothing
        case .arriving: .cutOff
        case .begun: .noAnswer
        case .awaited where request == .ahead: chances.contains([.isReused, .isFirst]) ? .retry : .noAnswer
        case .awaited: chances == .all ? .retry : .noAnswer
        }
    }
}
