import LoopTesting
import Testing
import UVCore

@Suite("What the handshakes of a server may take: time, places, and a part of a turn")
struct HandshakeTests {
    @Test("Of those that never agree the oldest makes place for one more than may be; the error says so")
    func places() async {
        let log = Log()
        _ = await withLoop { _ in
            let cipher = Cipher(handshakeLimit: 2)
            let server = Server(tls: cipher) { _ in log("accepted") }
            server.onHandshakeError = { error, _ in log("\(error.name): \(error.message)") }
            @LoopActor func connect(_ name: String) {
                let client = Socket.connect(port: server.port, host: "127.0.0.1")
                client.onData = { _ in
                    // Two are as many as may be: none has gone before the third came.
                    log("\(name) is there")
                    if cipher.acceptedCount < 3 { connect(cipher.acceptedCount == 1 ? "second" : "third") }
                }
                client.onClose = { _ in
                    log("\(name) has gone")
                    if name == "first" { server.close() }
                }
            }
            server.listen(port: 0) { connect("first") }
        }
        #expect(log.lines.prefix(2) == ["first is there", "second is there"])
        #expect(
            log.lines.dropFirst(2).sorted() == [
                "ECONNABORTED: too many handshakes are unfinished", "first has gone", "second has gone",
                "third has gone", "third is there",
            ])
    }

    @Test(
        "Both ends have 10 s to agree, and not a millisecond more",
        arguments: [(9_999, "accepted"), (10_000, "ETIMEDOUT")])
    func time(milliseconds: Int, outcome: String) async {
        let (log, clock) = (Log(), ManualClock())
        _ = await withLoop(clock: .manual(clock)) { loop in
            let server = Server(tls: Cipher()) { (socket, server) in
                log("accepted")
                socket.destroy()
                server.close()
            }
            server.onHandshakeError = { [unowned server] error, address in
                log(error.name)
                #expect(address?.host == "127.0.0.1")
                server.close()
            }
            server.listen(port: 0) { server in
                let client = Socket.connect(port: server.port, host: "127.0.0.1")
                client.onError = { _ in }
                client.onData = { _ in
                    clock.advance(by: .milliseconds(milliseconds))
                    // Behind the timers that are due by then, and the poll behind those.
                    loop.setImmediate { loop.setImmediate { loop.setImmediate { client.write([Cipher.agreement]) } } }
                }
            }
        }
        #expect(log.lines == [outcome])
    }

    @Test("A server that closes ends unfinished handshakes, and no error is told")
    func closing() async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server(tls: Cipher()) { _ in log("accepted") }
            server.onHandshakeError = { error, _ in log("\(error)") }
            server.listen(port: 0) { server in
                let client = Socket.connect(port: server.port, host: "127.0.0.1") { client in
                    client.onData = { _ in server.close { log("server closed") } }
                }
                client.onClose = { _ in log("client closed") }
            }
        }
        #expect(log.lines.sorted() == ["client closed", "server closed"])
    }

    @Test(
        "Steps that fill the time of a turn are the last of it; the others go on in the next turns, in their order",
        arguments: [(1, 2), (2, 1), (5, 1)])
    func turns(milliseconds: Int, most: Int) async {
        let (order, turns, clock) = (Log(), Log(), ManualClock())
        _ = await withLoop(clock: .manual(clock)) { loop in
            let cipher = Cipher()
            cipher.onStep = { number in
                clock.advance(by: .milliseconds(milliseconds))
                order("\(number)")
                turns("\(loop.iteration)")
            }
            let server = Server(tls: cipher) { socket in socket.write("!") }
            agreeAtOnce(7, with: server) { clients in closeWhenAllAreAnswered(clients, server) }
        }
        #expect(order.lines == (0..<7).map(String.init))
        var counts: [Int] = []
        for (index, turn) in turns.lines.enumerated() {
            if index > 0, turn == turns.lines[index - 1] { counts[counts.count - 1] += 1 } else { counts.append(1) }
        }
        #expect(counts.max() == most)
    }

    @Test("Each step of a turn is a callback of its own: the ticks of one run before the next connection is told")
    func ticks() async {
        let (log, clock) = (Log(), ManualClock())
        _ = await withLoop(clock: .manual(clock)) { loop in
            let cipher = Cipher()
            cipher.onStep = { _ in clock.advance(by: .milliseconds(1)) }
            let server = Server(tls: cipher) { socket in
                log("connection")
                loop.nextTick { log("tick") }
                socket.write("!")
            }
            agreeAtOnce(6, with: server) { clients in closeWhenAllAreAnswered(clients, server) }
        }
        #expect(log.lines == (0..<6).flatMap { _ in ["connection", "tick"] })
    }

    @Test("While steps wait, other connections are read in each turn, and none is accepted")
    func others() async {
        let (log, clock) = (Log(), ManualClock())
        _ = await withLoop(clock: .manual(clock)) { _ in
            let cipher = Cipher()
            let server = Server(tls: cipher) { socket in socket.resume() }
            let plain = Server { socket in socket.onData = { _ in log("request") } }
            var open: [Socket] = []
            cipher.onStep = { number in
                clock.advance(by: .milliseconds(2))
                log("step \(number)")
                // What was accepted in all: the first three, until they have agreed.
                #expect(number == 3 || cipher.acceptedCount == 3)
                if number == 0 { open.append(.connect(port: server.port, host: "127.0.0.1", tls: Cipher())) }
                guard number == 3 else { return }
                for socket in open { socket.destroy() }
                server.close()
                plain.close()
            }
            plain.listen(port: 0) {
                let other = Socket.connect(port: plain.port, host: "127.0.0.1") { other in
                    agreeAtOnce(3, with: server) { clients in
                        open += clients
                        other.write("ask")
                    }
                }
                open.append(other)
            }
        }
        #expect(log.lines.filter { $0 != "request" } == ["step 0", "step 1", "step 2", "step 3"])
        #expect((log.lines.firstIndex(of: "request") ?? 9) < 2, "beside the first step: \(log.lines)")
    }

    @Test("A connection that ends while it waits for its turn is passed over")
    func gone() async {
        let (log, clock) = (Log(), ManualClock())
        let code = await withLoop(clock: .manual(clock)) { _ in
            let cipher = Cipher()
            let server = Server(tls: cipher) { socket in
                log("accepted")
                socket.destroy()
            }
            cipher.onStep = { number in
                clock.advance(by: .milliseconds(2))
                log("step \(number)")
                if number == 1 { server.close { log("closed") } }
            }
            agreeAtOnce(5, with: server) { _ in }
        }
        #expect(code == 0)
        #expect(log.lines == ["step 0", "accepted", "step 1", "closed"])
    }

    @LoopActor
    private func closeWhenAllAreAnswered(_ clients: [Socket], _ server: Server) {
        var answered = 0
        for client in clients {
            client.onData = { _ in
                answered += 1
                client.destroy()
                if answered == clients.count { server.close() }
            }
        }
    }

    /// Connects `count` clients, and lets all agree in one callback when all were accepted; `then` is called in it.
    @LoopActor
    private func agreeAtOnce(_ count: Int, with server: Server, _ then: @escaping ([Socket]) -> Void) {
        server.acceptsPerTurn = count
        server.listen(port: 0) {
            var (clients, heard) = ([Socket](), 0)
            for _ in 0..<count {
                let client = Socket.connect(port: server.port, host: "127.0.0.1")
                client.onError = { _ in }
                client.onData = { _ in
                    heard += 1
                    guard heard == count else { return }
                    for client in clients { client.write([Cipher.agreement]) }
                    then(clients)
                }
                clients.append(client)
            }
        }
    }
}
