import Testing

@testable import UVHTTP

@Suite("ClientExchange: what happens to a request and its answer, and what that means")
struct ClientExchangeTests {
    /// One whose request is sent whole.
    private func sent(isPersistent: Bool = true) -> ClientExchange {
        var exchange = ClientExchange(isPersistent: isPersistent)
        exchange.sendHead(expectsContinue: false)
        exchange.endRequest()
        return exchange
    }

    @Test("A connection carries the next exchange when both halves are over, in either order")
    func reuse() {
        var exchange = sent()
        #expect(exchange.continuation == .goOn)
        exchange.receiveHead(isPersistent: true)
        #expect(exchange.continuation == .goOn)
        exchange.receiveEnd(isLast: false)
        #expect(exchange.continuation(isDrained: false) == .sendRest)
        #expect(exchange.continuation == .reuse)

        var early = ClientExchange()
        early.sendHead(expectsContinue: false)
        early.receiveHead(isPersistent: true)
        early.receiveEnd(isLast: false)
        #expect(early.continuation == .sendRest)
        early.endRequest()
        #expect(early.continuation == .reuse)
    }

    @Test("It closes if either head says so, or more comes than was asked for, also while the request is being sent")
    func close() {
        for (ours, theirs, isLast) in [(false, true, false), (true, false, false), (true, true, true)] {
            var exchange = ClientExchange(isPersistent: ours)
            exchange.sendHead(expectsContinue: false)
            exchange.receiveHead(isPersistent: theirs)
            exchange.receiveEnd(isLast: isLast)
            #expect(exchange.continuation == .close)
        }
    }

    @Test("A body that waits for 100 is sent when that comes, once")
    func expectation() {
        var exchange = ClientExchange()
        exchange.sendHead(expectsContinue: true)
        #expect(!exchange.takesBody)
        let (first, second) = (exchange.mayContinue(), exchange.mayContinue())
        #expect(first && !second)
        #expect(exchange.takesBody)
    }

    @Test("An answer before 100 means that the body is never sent, and the connection closes behind it")
    func refusedExpectation() {
        var exchange = ClientExchange()
        exchange.sendHead(expectsContinue: true)
        exchange.receiveHead(isPersistent: true)
        let isWaiting = exchange.mayContinue()
        #expect(!isWaiting)
        #expect(!exchange.takesBody)
        exchange.receiveEnd(isLast: false)
        #expect(exchange.continuation == .close)
    }

    @Test("A request is sent again if the connection was used before, no byte came, and all of RFC 9110 9.2.2 holds")
    func retry() {
        #expect(sent().loss(.all) == .retry)
        for missing: ClientExchange.Chances in [.isReused, .isIdempotent, .isRepeatable, .isFirst] {
            #expect(sent().loss(.all.subtracting(missing)) == .noAnswer)
        }
        var begun = sent()
        begun.receiveByte()
        #expect(begun.loss(.all) == .noAnswer)
    }

    @Test("A request of which nothing was sent goes on another connection whatever its method is, once")
    func nothingSent() {
        #expect(ClientExchange().loss([.isReused, .isFirst]) == .retry)
        #expect(ClientExchange().loss([.isReused]) == .noAnswer)
        #expect(ClientExchange().loss([.isFirst]) == .noAnswer)
    }

    @Test("An answer that has begun is cut off, and one that has arrived is not lost")
    func cutOff() {
        var exchange = sent()
        exchange.receiveHead(isPersistent: true)
        #expect(exchange.loss(.all) == .cutOff)
        exchange.receiveEnd(isLast: false)
        #expect(exchange.loss(.all) == .nothing)
    }
}

extension ClientExchange {
    /// Where the system has taken all that was written.
    fileprivate var continuation: Continuation { continuation(isDrained: true) }
}
