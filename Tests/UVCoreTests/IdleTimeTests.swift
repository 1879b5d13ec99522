import LoopTesting
import Testing
import UVCore

#if canImport(Glibc)
    import Glibc
#endif

@Suite("A socket without traffic")
struct IdleTimeTests {
    /// Opens a connection and calls `body` with it, on a clock that stands still; both ends read.
    private func connected(
        _ body: @escaping @LoopActor (Connection, ManualClock, Log) throws -> Void
    ) async -> [String] {
        let log = Log()
        let clock = ManualClock()
        let code = await withLoop(clock: .manual(clock)) { _ in
            Connection.open { connection in
                connection.drain()
                try body(connection, clock, log)
            }
        }
        #expect(code == 0)
        return log.lines
    }

    @Test("The time-out comes when the time has passed, not a millisecond before, and closes nothing; once")
    func comes() async {
        let lines = await connected { connection, clock, log in
            let client = connection.client
            client.setTimeout(.seconds(5))
            client.onTimeout = { log("timeout at \(clock.milliseconds) \(client.isDestroyed)") }
            clock.advance(by: .milliseconds(4_999))
            turns(5) {
                log("turned")
                clock.advance(by: .milliseconds(1))
                turns(5) {
                    clock.advance(by: .seconds(60))
                    turns(5) { connection.destroy() }
                }
            }
        }
        #expect(lines == ["turned", "timeout at 5000 false"])
    }

    @Test("Reading begins it anew, and so does writing", arguments: [false, true])
    func traffic(isReading: Bool) async {
        let lines = await connected { connection, clock, log in
            let (client, accepted) = (connection.client, connection.accepted)
            client.setTimeout(.seconds(5))
            client.onTimeout = {
                log("timeout at \(clock.milliseconds)")
                if clock.milliseconds > 10_000 { return connection.destroy() }
                // After it, traffic begins it again.
                (isReading ? accepted : client).write("b")
                turns(5) { clock.advance(by: .seconds(5)) }
            }
            clock.advance(by: .seconds(3))
            (isReading ? accepted : client).write("a")
            turns(5) {
                clock.advance(by: .seconds(4))
                turns(5) {
                    log("turned")
                    clock.advance(by: .seconds(1))
                }
            }
        }
        #expect(lines == ["turned", "timeout at 8000", "timeout at 13000"])
    }

    @Test("It can be taken back, and set while the socket reads; a destroyed socket has none")
    func ended() async {
        let lines = await connected { connection, clock, log in
            let client = connection.client
            client.onTimeout = { log("timeout") }
            client.idleTime = .seconds(5)
            log("\(client.idleTime == .seconds(5))")
            client.setTimeout(nil)
            log("\(client.idleTime == nil)")
            clock.advance(by: .seconds(60))
            turns(5) {
                client.setTimeout(.seconds(5))
                client.destroy()
                client.setTimeout(.seconds(5))
                clock.advance(by: .seconds(60))
                turns(5) { connection.destroy() }
            }
        }
        #expect(lines == ["true", "true"])
    }

    @Test("It does not keep the loop alive")
    func unreferenced() async {
        let clock = ManualClock()
        let log = Log()
        let code = await withLoop(clock: .manual(clock)) { loop in
            loop.onExit = { _ in log("\(clock.milliseconds)") }
            Connection.open { connection in
                connection.client.setTimeout(.seconds(5))
                connection.client.onTimeout = { Issue.record("it was waited for") }
                connection.client.unref()
                connection.accepted.unref()
            }
        }
        #expect(code == 0 && log.lines == ["0"])
    }

    @Test("It bounds connecting too")
    func connecting() async throws {
        let silent = try #require(SilentListener(host: "127.0.0.1"))
        let log = Log()
        let clock = ManualClock()
        _ = await withLoop(clock: .manual(clock)) { _ in
            let client = Socket.connect(port: silent.port, host: "127.0.0.1")
            client.setTimeout(.seconds(5))
            client.onTimeout = {
                log("timeout \(client.isConnecting)")
                client.destroy()
            }
            client.onClose = { log("closed \($0)") }
            turns(5) { clock.advance(by: .seconds(5)) }
        }
        #expect(log.lines == ["timeout true", "closed false"])
    }

    @Test("A write of which the system goes on to take parts is traffic")
    func slowReader() async {
        let lines = await connected { connection, clock, log in
            let (client, accepted) = (connection.client, connection.accepted)
            accepted.pause()
            client.setTimeout(.seconds(5))
            client.onTimeout = {
                log("timeout \(client.writableLength > 0)")
                connection.destroy()
            }
            client.write([UInt8](repeating: 1, count: 64 << 20))
            clock.advance(by: .seconds(4))
            let before = client.bytesWritten
            accepted.resume()
            turns(3) {
                accepted.pause()
                turns(3) {
                    #expect(client.bytesWritten > before)
                    clock.advance(by: .seconds(1))
                    turns(3) {
                        log("turned")
                        clock.advance(by: .seconds(5))
                    }
                }
            }
        }
        #expect(lines == ["turned", "timeout true"])
    }

    #if os(Linux)
        @Test("Probes begin after the delay, in whole seconds; asked for before the connection is there, too")
        func probes() async {
            let lines = await connected { connection, _, log in
                let client = connection.client
                log("\(Self.probe(of: client) == nil)")
                client.setKeepAlive(initialDelay: .milliseconds(49_001))
                log("\((4_500...5_000).contains(Self.probe(of: client) ?? 0))")
                client.setKeepAlive(false)
                log("\(Self.probe(of: client) == nil)")
                client.setKeepAlive(initialDelay: .seconds(Int64.max))
                log("\((3_000_000...3_276_700).contains(Self.probe(of: client) ?? 0))")
                client.setKeepAlive(initialDelay: .seconds(Int64.max) + .milliseconds(1))
                log("\((3_000_000...3_276_700).contains(Self.probe(of: client) ?? 0))")
                connection.destroy()
                client.setKeepAlive()
            }
            #expect(lines == ["true", "true", "true", "true", "true"])
            let log = Log()
            _ = await withLoop { _ in
                let server = Server { socket in socket.resume() }
                server.listen(port: 0) { server in
                    let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1") { client in
                        log("\((4_500...5_000).contains(Self.probe(of: client) ?? 0))")
                        client.end()
                        server.close()
                    }
                    client.setKeepAlive(initialDelay: .seconds(50))
                }
            }
            #expect(log.lines == ["true"])
        }

        /// In how many hundredths of a second the system probes the peer; nil if it does not. See `man 5 proc_net`.
        @LoopActor
        private static func probe(of socket: Socket) -> Int? {
            guard let port = socket.localAddress?.port, let peer = socket.remoteAddress?.port else { return nil }
            for line in table().split(separator: "\n").dropFirst() {
                let fields = line.split(separator: " ")
                let ports = fields[1...2].compactMap { $0.split(separator: ":").last.flatMap { Int($0, radix: 16) } }
                let timer = fields[5].split(separator: ":").compactMap { Int($0, radix: 16) }
                if ports == [port, peer] { return timer.first == 2 ? timer.last : nil }
            }
            return nil
        }

        /// A file without a length, which is read to its end.
        private static func table() -> String {
            var (text, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
            guard let file = fopen("/proc/self/net/tcp", "r") else { return "" }
            defer { fclose(file) }
            while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { text += buffer[..<count] }
            return String(decoding: text, as: UTF8.self)
        }
    #endif
}
