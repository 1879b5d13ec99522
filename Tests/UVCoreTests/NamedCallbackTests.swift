import LoopTesting
import Testing
import UVCore

@Suite("A callback can name what it belongs to")
struct NamedCallbackTests {
    @Test("An interval ends itself in its third call, and is not kept by its callback")
    func interval() async {
        let remains = Remains()
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            var calls = 0
            remains.watch(
                loop.setInterval(.seconds(1)) { interval in
                    calls += 1
                    log("call \(calls)")
                    if calls == 3 { interval.cancel() }
                })
        }
        #expect(log.lines == ["call 1", "call 2", "call 3"] && remains.watched == 1 && remains.names.isEmpty)
    }

    @Test("A timeout begins anew in its callback, as often as it likes")
    func timeout() async {
        let log = Log()
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            var calls = 0
            loop.setTimeout(.seconds(1)) { timeout in
                calls += 1
                log("call \(calls)")
                if calls < 3 { timeout.refresh() }
            }
        }
        #expect(log.lines == ["call 1", "call 2", "call 3"])
    }

    @Test("Closures with and without an argument, methods, and empty ones are told apart")
    func forms() async {
        let log = Log()
        @LoopActor func plain() { log("plain") }
        @LoopActor func named(_ timeout: Timeout) { log("named") }
        _ = await withLoop(clock: .manual(ManualClock())) { loop in
            loop.setTimeout(.zero) {}
            loop.setTimeout(.zero, plain)
            loop.setTimeout(.zero, named)
            loop.setTimeout(.zero) { $0.cancel() }
            loop.setTimeout(.zero) { _ in log("one argument") }
            loop.setInterval(.zero) {
                log("several lines")
                throw CancellationError()
            }
            loop.onUncaughtError = { _ in loop.exit() }
        }
        #expect(log.lines == ["plain", "named", "one argument", "several lines"])
    }

    @Test("A server, a connection and a signal come with their calls, and nothing of them is left at the end")
    func handles() async throws {
        let log = Log()
        let remains = Remains()
        let code = await withLoop { loop in
            let watcher = try SignalWatcher(.user2) { watcher in watcher.cancel() }
            let server = Server { socket, server in
                log("accepted, \(server.connectionCount) open")
                socket.end("hello")
                server.close()
            }
            remains.watch(server)
            remains.watch(watcher)
            server.listen(port: 0) { server in
                let address = server.address
                Socket.connect(port: address?.port ?? 0, host: "127.0.0.1") { client in
                    log("connected to \(client.remoteAddress == address)")
                    client.onData = { bytes in log(String(decoding: bytes, as: UTF8.self)) }
                }
            }
            watcher.cancel()
        }
        #expect(Set(log.lines) == ["accepted, 1 open", "connected to true", "hello"] && log.lines.last == "hello")
        #expect(code == 0 && remains.watched == 2 && remains.names.isEmpty)
    }
}
