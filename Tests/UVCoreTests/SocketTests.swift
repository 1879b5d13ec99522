import LoopTesting
import Testing
import UVCore

@Suite("A socket connects, ends, breaks and closes as Node's does")
struct SocketTests {
    // MARK: Connecting

    @Test("The two ends know each other's addresses, until they are closed")
    func addresses() async {
        let log = Log()
        _ = await withLoop { _ in
            Connection.open { connection in
                let (client, accepted) = (connection.client, connection.accepted)
                #expect(client.localAddress == accepted.remoteAddress)
                #expect(client.remoteAddress == accepted.localAddress)
                #expect(client.remoteAddress?.host == "127.0.0.1")
                #expect(client.localAddress?.port != client.remoteAddress?.port)
                #expect(client.localAddress?.isIPv6 == false)
                client.setNoDelay()
                connection.destroy()
                client.setNoDelay(false)
                #expect(client.localAddress == nil && accepted.remoteAddress == nil)
                log("done")
            }
        }
        #expect(log.lines == ["done"])
    }

    @Test("A name is looked up and its addresses are tried in turn")
    func connectByName() async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server { $0.end("hello") }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                // On most systems ::1 comes first, and no server listens there.
                let client = Socket.connect(port: port, host: "localhost") { log("connected") }
                client.onData = { log(String(decoding: $0, as: UTF8.self)) }
                client.onClose = { hadError in
                    log("closed \(hadError)")
                    server.close()
                }
            }
        }
        #expect(log.lines == ["connected", "hello", "closed false"])
    }

    @Test("A refused connection is reported by onError, then onClose, later than the call")
    func refused() async {
        let log = Log()
        _ = await withLoop { loop in
            withUnusedPort { port in
                let client = Socket.connect(port: port, host: "127.0.0.1") { log("connected") }
                client.onError = { log("\($0.name) \($0.call) \(client.isDestroyed)") }
                client.onClose = { log("closed \($0)") }
                client.write("never sent")
                client.end()
                log("called \(client.isConnecting)")
            }
        }
        #expect(log.lines == ["called true", "ECONNREFUSED uv_tcp_connect true", "closed true"])
    }

    @Test("A refused connection without onError is an uncaught error")
    func refusedAndUncaught() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \(($0 as? LoopError)?.name ?? "?")") }
            withUnusedPort { port in
                let client = Socket.connect(port: port, host: "127.0.0.1")
                client.onClose = { log("closed \($0)") }
            }
        }
        #expect(log.lines == ["uncaught ECONNREFUSED", "closed true"])
    }

    @Test("A name that does not exist fails as a refused connection does")
    func unknownName() async {
        let log = Log()
        _ = await withLoop { _ in
            let client = Socket.connect(port: 1, host: "no-such-host.invalid") { log("connected") }
            client.onError = { log("\($0.call)") }
            client.onClose = { log("closed \($0)") }
        }
        #expect(log.lines == ["uv_getaddrinfo", "closed true"])
    }

    @Test("A socket that is destroyed while its name is looked up reports nothing but its close")
    func destroyedInLookup() async {
        let log = Log()
        let code = await withLoop { _ in
            for host in ["no-such-host.invalid", "localhost"] {
                let client = Socket.connect(port: 1, host: host) { log("connected") }
                client.onClose = { log("closed \($0)") }
                client.destroy()
            }
        }
        #expect(log.lines == ["closed false", "closed false"])
        #expect(code == 0)
    }

    @Test("A port outside 0…65535 is refused with EINVAL", arguments: [-1, 65_536, 70_000, Int.max])
    func invalidPort(port: Int) async {
        let log = Log()
        _ = await withLoop { _ in
            for host in ["127.0.0.1", "::1", "localhost"] {
                let client = Socket.connect(port: port, host: host) { log("connected") }
                client.onError = { log("client \($0.name)") }
                client.onClose = { log("closed \($0)") }
                let server = Server { _ in }
                server.onError = { log("server \($0.name)") }
                server.listen(port: port, host: host) { log("listening") }
            }
        }
        let expected = ["client EINVAL", "closed true", "server EINVAL"].flatMap { [$0, $0, $0] }
        #expect(log.lines.sorted() == expected.sorted())
    }

    // MARK: Ending

    @Test("The peer's end ends this side too, unless half-open sockets are allowed")
    func halfClose() async {
        for allowsHalfOpen in [false, true] {
            let log = Log()
            _ = await withLoop { loop in
                Connection.open(allowsHalfOpen: allowsHalfOpen) { connection in
                    let (client, accepted) = (connection.client, connection.accepted)
                    accepted.onData = { log("server got \(String(decoding: $0, as: UTF8.self))") }
                    accepted.onEnd = {
                        loop.setImmediate {
                            accepted.write("answer")
                            accepted.end()
                        }
                    }
                    accepted.onClose = { _ in log("server closed") }
                    client.onData = { log("client got \(String(decoding: $0, as: UTF8.self))") }
                    client.end("question")
                }
            }
            let answered = ["server got question", "client got answer", "server closed"]
            #expect(log.lines == (allowsHalfOpen ? answered : ["server got question", "server closed"]))
        }
    }

    @Test("Both sides may end at once")
    func bothEnd() async {
        let log = Log()
        _ = await withLoop { _ in
            Connection.open { connection in
                for (name, socket) in [("client", connection.client), ("server", connection.accepted)] {
                    socket.onEnd = { log("\(name) end") }
                    socket.onClose = { log("\(name) closed \($0)") }
                    socket.resume()
                    socket.end("bye")
                    socket.end()
                }
            }
        }
        #expect(log.lines.sorted() == ["client closed false", "client end", "server closed false", "server end"])
    }

    @Test("A socket that nobody reads notices the peer's end, and what the peer sent first is not lost")
    func withoutReader() async {
        let log = Log()
        _ = await withLoop { loop in
            Connection.open { connection in
                let (client, accepted) = (connection.client, connection.accepted)
                // As `Server { socket in socket.end("hello") }`: the client closes, and nothing may be left behind.
                accepted.end("hello")
                accepted.onClose = { log("server closed \($0)") }
                client.onEnd = { log("end") }
                client.onClose = { log("client closed \($0)") }
                loop.setTimeout(.milliseconds(10)) {
                    log("reading")
                    client.onData = { log(String(decoding: $0, as: UTF8.self)) }
                }
            }
        }
        #expect(log.lines.prefix(3) == ["reading", "hello", "end"])
        #expect(log.lines.dropFirst(3).sorted() == ["client closed false", "server closed false"])
    }

    @Test("Without a reader less than the mark and one read is taken, and the reader gets it before all else")
    func readAheadIsBounded() async {
        nonisolated(unsafe) var (ahead, received) = (0, [UInt8]())
        let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let log = Log()
        _ = await withLoop { loop in
            Connection.open { connection in
                let (client, accepted) = (connection.client, connection.accepted)
                accepted.end(bytes)
                loop.setTimeout(.milliseconds(10)) {
                    ahead = client.bytesRead
                    client.pause()
                    client.onBytes = { received += $0.withUnsafeBytes { [UInt8]($0) } }
                    loop.setTimeout(.milliseconds(5)) {
                        log("paused \(received.count)")
                        client.resume()
                        log("resumed \(received.count)")
                    }
                }
            }
        }
        #expect((16_384..<16_384 + 65_536).contains(ahead))
        #expect(received == bytes)
        #expect(log.lines == ["paused 0", "resumed 0"])
    }

    // MARK: Breaking

    @Test("A reset by the peer is ECONNRESET, by onError, then onClose(true)")
    func reset() async {
        let log = Log()
        _ = await withLoop { _ in
            openAndReset { accepted in
                accepted.resume()
                accepted.onEnd = { log("end") }
                accepted.onError = { log("\($0.name) \($0.call) \($0.isConnectionReset)") }
                accepted.onClose = { log("closed \($0)") }
            }
        }
        #expect(log.lines == ["ECONNRESET uv_read true", "closed true"])
    }

    @Test("A reset that nobody handles shows as onClose(true), and is no uncaught error")
    func unhandledReset() async {
        let log = Log()
        let code = await withLoop { _ in
            openAndReset { accepted in
                accepted.onData = { _ in }
                accepted.onClose = { log("closed \($0)") }
            }
        }
        #expect(log.lines == ["closed true"])
        #expect(code == 0)
    }

    @Test("Writing to a broken connection is an error, not the signal that ends the process")
    func brokenPipe() async {
        let log = Log()
        _ = await withLoop { loop in
            Connection.open { connection in
                let accepted = connection.accepted
                // With as much unread as may be, the break is found by writing alone.
                accepted.pause()
                accepted.onError = { log("\($0.name) \($0.call)") }
                accepted.onClose = { log("closed \($0)") }
                connection.client.end([UInt8](repeating: 0, count: 100_000))
                connection.client.destroy()
                // The first write is answered with a reset, the second finds it.
                loop.setTimeout(.milliseconds(5)) { log("\(accepted.write("first"))") }
                loop.setTimeout(.milliseconds(10)) { log("\(accepted.write("second")) \(accepted.isDestroyed)") }
            }
        }
        #expect(log.lines == ["true", "false true", "EPIPE uv_try_write", "closed true"])
    }

    @Test("A write under way when the peer resets fails once")
    func resetWhileWriting() async {
        let log = Log()
        _ = await withLoop { loop in
            openAndReset { accepted in
                accepted.pause()
                accepted.onDrain = { log("drained") }
                accepted.onError = { log("error \($0.isConnectionReset)") }
                accepted.onClose = { log("closed \($0)") }
                accepted.end([UInt8](repeating: 1, count: 32 << 20))
            }
        }
        #expect(log.lines == ["error true", "closed true"])
    }
}

/// Calls `body` with a port on which no server listens, since the listener has just closed.
@LoopActor
private func withUnusedPort(_ body: @escaping (Int) throws -> Void) {
    let server = Server { _ in }
    server.listen(port: 0) {
        guard let port = server.address?.port else { return }
        server.close { try body(port) }
    }
}

/// Opens a connection that its client resets.
@LoopActor
private func openAndReset(_ body: @escaping (_ accepted: Socket) throws -> Void) {
    let loop = EventLoop.current
    Connection.open { connection in
        try body(connection.accepted)
        loop.setTimeout(.milliseconds(2)) { connection.client.resetAndDestroy() }
    }
}
