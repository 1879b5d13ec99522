import LoopTesting
import Testing
import UVCore

@Suite("Listening begins, fails and ends when it does in Node")
struct ListeningTests {
    @Test("Nothing has happened when listen returns; the server listens a tick later and says so in the next")
    func begins() async {
        let log = Log()
        _ = await withLoop { loop in
            let server = Server { _ in }
            @LoopActor func say(_ when: String) { log("\(when) \(server.isListening) \(server.address == nil)") }
            loop.nextTick { say("tick before") }
            server.listen(port: 0) {
                say("told")
                server.close()
            }
            say("returned")
            loop.nextTick {
                say("tick behind")
                loop.nextTick { say("its tick") }
            }
        }
        #expect(
            log.lines == [
                "returned false true", "tick before false true", "tick behind true false", "told true false",
                "its tick false true",
            ])
    }

    @Test("A failure is told a tick after the address was tried", arguments: ["in use", "not ours"])
    func fails(how: String) async {
        let log = Log()
        _ = await withLoop { loop in
            let first = Server { _ in }
            first.listen(port: 0) {
                let second = Server { _ in }
                second.onError = { error in
                    log("\(error.name) \(second.isListening)")
                    first.close()
                    second.close { (error: LoopError?) in log("closed \(error?.name ?? "-")") }
                }
                let port = first.address?.port ?? 0
                if how == "in use" { second.listen(port: port) } else { second.listen(port: 0, host: "198.51.100.7") }
                loop.nextTick {
                    log("tick")
                    loop.nextTick { log("its tick") }
                }
            }
        }
        let code = how == "in use" ? "EADDRINUSE" : "EADDRNOTAVAIL"
        #expect(log.lines == ["tick", "\(code) false", "its tick", "closed ENOTCONN"])
    }

    @Test("Of two calls before it listens the second counts, and both are told")
    func twice() async {
        let log = Log()
        _ = await withLoop { _ in
            let probe = Server { _ in }
            probe.listen(port: 0) {
                let port = probe.address?.port ?? 0
                probe.close {
                    let server = Server { _ in }
                    server.listen(port: port) { log("one \(server.address?.port == port)") }
                    server.listen(port: 0) {
                        log("two \(server.address?.port == port)")
                        server.close()
                    }
                }
            }
        }
        #expect(log.lines == ["one false", "two false"])
    }

    @Test("Closed in the tick in which it begins, it is closed without an error and never told")
    func closedInItsTick() async {
        let log = Log()
        _ = await withLoop { loop in
            let server = Server { _ in }
            server.listen(port: 0) { log("listening") }
            loop.nextTick {
                log("\(server.isListening)")
                server.close { (error: LoopError?) in log("closed \(error?.name ?? "-")") }
            }
        }
        #expect(log.lines == ["true", "closed -"])
    }

    @Test("Closed, a server may listen again at once")
    func again() async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server { _ in }
            server.listen(port: 0) {
                server.close { log("closed") }
                server.listen(port: 0) {
                    log("again \(server.isListening)")
                    server.close { log("closed again") }
                }
                log("\(server.isListening)")
            }
        }
        #expect(log.lines == ["false", "closed", "again true", "closed again"])
    }

    @Test("All who wait for the end are called in one tick, before what the first of them queues")
    func closeCallbacks() async {
        let log = Log()
        _ = await withLoop { loop in
            let server = Server { _ in }
            server.listen(port: 0) {
                loop.nextTick {
                    server.close { (error: LoopError?) in log("third \(error?.name ?? "-")") }
                    loop.nextTick { log("tick") }
                }
                server.close {
                    log("first")
                    loop.nextTick { log("tick of the first") }
                }
                server.close { (error: LoopError?) in log("second \(error?.name ?? "-")") }
            }
        }
        #expect(log.lines == ["first", "second ENOTCONN", "third ENOTCONN", "tick", "tick of the first"])
    }

    @Test("One that throws leaves those behind it to the next tick of the close")
    func throwingCloseCallback() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            let server = Server { _ in }
            server.listen(port: 0) {
                server.close { throw Thrown("one") }
                server.close { log("two") }
                server.close { log("three") }
            }
        }
        #expect(log.lines == ["uncaught one", "two", "three"])
    }

    // MARK: Accepting

    @Test("Connections that wait are accepted without an event in between: loose immediates run after each")
    func looseImmediates() async {
        let log = Log()
        _ = await withLoop { loop in
            withCrowd(of: 4, accepting: 1) { number in
                log("connection \(number)")
                loop.setImmediate { log("immediate \(number)") }.unref()
            }
        }
        #expect(log.lines == (1...4).flatMap { ["connection \($0)", "immediate \($0)"] })
    }

    @Test("acceptsPerTurn is how many a turn has, at most", arguments: [1, 2, 16])
    func acceptsPerTurn(most: Int) async {
        nonisolated(unsafe) var batches: [Int] = []
        _ = await withLoop { loop in
            var inTurn = 0
            withCrowd(of: 40, accepting: most) { _ in
                if inTurn == 0 {
                    loop.setImmediate {
                        batches.append(inTurn)
                        inTurn = 0
                    }
                }
                inTurn += 1
            }
        }
        #expect(batches.reduce(0, +) == 40 && batches.max() == most)
        #expect(batches.count <= 40 / most + 1)
    }
}

/// Lets `count` clients connect before the server looks, and calls `accepted` with the number of each.
@LoopActor
private func withCrowd(of count: Int, accepting most: Int, _ accepted: @escaping (Int) -> Void) {
    var number = 0
    var server: Server?
    server = Server { socket in
        number += 1
        accepted(number)
        socket.destroy()
        if number == count { server?.close() }
    }
    server?.acceptsPerTurn = most
    server?.listen(port: 0) {
        for _ in 0..<count {
            let client = Socket.connect(port: server?.address?.port ?? 0, host: "127.0.0.1")
            client.onError = { _ in }
            client.resume()
        }
    }
}
