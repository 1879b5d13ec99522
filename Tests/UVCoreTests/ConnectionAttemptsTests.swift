import LoopTesting
import Testing

@testable import UVCore

@Suite("Of a name's addresses the first that opens wins, RFC 8305")
struct ConnectionAttemptsTests {
    private static func address(_ host: String, _ port: Int = 1) throws -> SocketAddress {
        try #require(SocketAddress(host: host, port: port))
    }

    @Test("The families take turns, beginning with the first address's; within each the order holds")
    func interleaving() throws {
        func order(_ hosts: String...) throws -> [String] {
            ConnectionAttempts.interleaved(try hosts.map { try Self.address($0) }).map(\.host)
        }
        #expect(try order() == [])
        #expect(try order("1.0.0.1", "1.0.0.2") == ["1.0.0.1", "1.0.0.2"])
        #expect(try order("::1", "::2", "1.0.0.1") == ["::1", "1.0.0.1", "::2"])
        #expect(try order("1.0.0.1", "::1", "::2", "::3") == ["1.0.0.1", "::1", "::2", "::3"])
        #expect(try order("::1", "1.0.0.1", "1.0.0.2", "::2") == ["::1", "1.0.0.1", "::2", "1.0.0.2"])
    }

    @Test("An address that does not answer holds the next one up for 250 ms, and not for 249")
    func delay() async throws {
        let silent = try #require(SilentListener(host: "127.0.0.1"))
        let addresses = try ["127.0.0.1", "127.0.0.2"].map { try Self.address($0, silent.port) }
        let clock = ManualClock()
        let log = Log()
        _ = await withLoop(clock: .manual(clock)) { loop in
            withServer(on: addresses[1], log) {
                let socket = Socket.connect(toAnyOf: addresses) { _ in log("connected") }
                turns(3) {
                    clock.advance(by: .milliseconds(249))
                    turns(3) {
                        log("after 249 ms: \(socket.attempts?.running.count ?? 0)")
                        clock.advance(by: .milliseconds(1))
                        turns(8) {
                            log("\(socket.remoteAddress?.host ?? "-") \(socket.attempts == nil)")
                            socket.destroy()
                        }
                    }
                }
            }
        }
        #expect(log.lines == ["after 249 ms: 1", "accepted", "connected", "127.0.0.2 true"])
    }

    @Test("One that is refused gives way at once, without a millisecond")
    func refused() async throws {
        let free = try #require(SilentListener(host: "127.0.0.3")?.port)
        let addresses = try ["127.0.0.3", "127.0.0.4", "127.0.0.2"].map { try Self.address($0, free) }
        let clock = ManualClock()
        let log = Log()
        _ = await withLoop(clock: .manual(clock)) { loop in
            withServer(on: addresses[2], log) {
                let socket = Socket.connect(toAnyOf: addresses) { _ in log("connected") }
                socket.onClose = { _ in log("closed at \(clock.milliseconds) ms") }
                turns(12) { socket.destroy() }
            }
        }
        #expect(log.lines == ["accepted", "connected", "closed at 0 ms"])
    }

    @Test("The first that answers is the connection, and no other one is tried")
    func firstAnswers() async throws {
        let silent = try #require(SilentListener(host: "127.0.0.5"))
        let addresses = try ["127.0.0.2", "127.0.0.5"].map { try Self.address($0, silent.port) }
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            withServer(on: addresses[0], log) {
                let socket = Socket.connect(toAnyOf: addresses) { _ in log("connected") }
                turns(8) {
                    log(socket.remoteAddress?.host ?? "-")
                    socket.destroy()
                }
            }
        }
        #expect(log.lines == ["accepted", "connected", "127.0.0.2"])
    }

    @Test("If none opens, the failure is the first one's")
    func allFail() async throws {
        let free = try #require(SilentListener(host: "127.0.0.3")?.port)
        let log = Log()
        // A broadcast address cannot be connected to, with another code than a refusal has.
        for hosts in [["255.255.255.255", "127.0.0.3"], ["127.0.0.3", "255.255.255.255"]] {
            let addresses = try hosts.map { try Self.address($0, free) }
            _ = await withLoop { _ in
                let socket = Socket.connect(toAnyOf: addresses) { _ in log("connected") }
                socket.onError = { log($0.name) }
                socket.onClose = { log("close \($0)") }
            }
        }
        #expect(log.lines.count == 4 && log.lines[2] == "ECONNREFUSED" && log.lines[0] != "ECONNREFUSED")
        #expect(log.lines[1] == "close true" && log.lines[3] == "close true")
    }

    @Test("Destroyed while it is trying, it reports its close alone, in the closing phase; so when not begun")
    func destroyed() async throws {
        let silent = try #require(SilentListener(host: "127.0.0.1"))
        let addresses = try ["127.0.0.1", "127.0.0.1", "127.0.0.1"].map { try Self.address($0, silent.port) }
        for isEarly in [false, true] {
            let clock = ManualClock()
            let log = Log()
            _ = await withLoop(clock: .manual(clock)) { loop in
                let socket = Socket.connect(toAnyOf: addresses) { _ in log("connected") }
                socket.onError = { log($0.name) }
                socket.onClose = { log("close \($0)") }
                @LoopActor func destroy() {
                    if !isEarly { log("\(socket.attempts?.running.count ?? 0)") }
                    socket.destroy()
                    loop.nextTick { log("tick") }
                    loop.setImmediate { log("immediate") }
                }
                if isEarly { return destroy() }
                turns(2) {
                    clock.advance(by: .milliseconds(250))
                    turns(2) { destroy() }
                }
            }
            // An immediate that is set by an immediate waits for the next turn.
            let expected = isEarly ? ["tick", "immediate", "close false"] : ["2", "tick", "close false", "immediate"]
            #expect(log.lines == expected)
        }
    }

    @Test("Eight are tried at once: for the ninth the oldest is given up")
    func atOnce() async throws {
        let silent = try #require(SilentListener(host: "127.0.0.1"))
        let address = try Self.address("127.0.0.1", silent.port)
        let clock = ManualClock()
        nonisolated(unsafe) var counts: [Int] = []
        _ = await withLoop(clock: .manual(clock)) { loop in
            let socket = Socket.connect(toAnyOf: Array(repeating: address, count: 12))
            @LoopActor func step(_ left: Int) {
                counts.append(socket.attempts?.running.count ?? 0)
                guard left > 0 else { return socket.destroy() }
                clock.advance(by: .milliseconds(250))
                turns(2) { step(left - 1) }
            }
            turns(2) { step(10) }
        }
        #expect(counts == [1, 2, 3, 4, 5, 6, 7, 8, 8, 8, 8])
    }

    @Test("The loop may end while addresses are tried")
    func loopEnds() async throws {
        let silent = try #require(SilentListener(host: "127.0.0.1"))
        let addresses = try ["127.0.0.1", "127.0.0.1"].map { try Self.address($0, silent.port) }
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { loop in
            _ = Socket.connect(toAnyOf: addresses)
            turns(2) {
                clock.advance(by: .milliseconds(250))
                turns(2) { loop.exit(3) }
            }
        }
        #expect(code == 3)
    }

    /// Listens on `address` and accepts one connection.
    @LoopActor
    private func withServer(on address: SocketAddress, _ log: Log, _ body: @escaping () throws -> Void) {
        var server: Server?
        server = Server { socket in
            log("accepted")
            socket.resume()
            server?.close()
        }
        server?.listen(port: address.port, host: address.host, body)
    }
}
