import LoopTesting
import Testing
import UVCore

@Suite("Nothing outlives its use, and callbacks may end what called them")
struct OwnershipTests {
    @Test("A thousand connections, opened and closed, leave no socket and no server behind")
    func thousandSockets() async {
        let remains = Remains()
        let code = await withLoop { loop in
            let server = Server { socket in
                remains.watch(socket)
                socket.onData = { socket.write($0) }
                socket.onDrain = { socket.resume() }
                socket.onEnd = { socket.end() }
                socket.onClose = { _ in socket.pause() }
                socket.onError = { _ in socket.destroy() }
            }
            remains.watch(server)
            var opened = 0
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                @LoopActor func next() {
                    opened += 1
                    if opened > 500 { return server.close() }
                    let client = Socket.connect(port: port, host: "127.0.0.1")
                    remains.watch(client)
                    client.onData = { _ in client.end() }
                    client.onClose = { _ in next() }
                    client.write("hello")
                }
                next()
            }
        }
        #expect(code == 0)
        #expect(remains.watched == 1_001 && remains.names.isEmpty, "\(remains.names.prefix(3))")
    }

    @Test("What is open or under way when the loop ends is let go of, closures and all", arguments: [false, true])
    func openAtTheEnd(byExit: Bool) async {
        let remains = Remains()
        let code = await withLoop(clock: .manual(ManualClock())) { loop in
            remains.watch(loop)
            loop.onExit = { _ in _ = loop.exitCode }
            loop.onBeforeExit = { _ in _ = loop.exitCode }
            loop.onUncaughtError = { _ in _ = loop.exitCode }
            Connection.open { connection in
                for socket in [connection.client, connection.accepted] {
                    remains.watch(socket)
                    socket.onData = { _ in socket.pause() }
                    socket.onClose = { _ in socket.pause() }
                    socket.unref()
                    // A write that waits would keep the loop alive.
                    if byExit { socket.write([UInt8](repeating: 0, count: 32 << 20)) }
                }
                let named = Socket.connect(port: 1, host: "localhost")
                remains.watch(named)
                named.onClose = { _ in named.pause() }
                named.onError = { _ in }

                var server: Server?
                server = Server { _ in server?.close() }.listen(port: 0)
                remains.watch(server)
                server?.unref()
                server = nil

                var timeout: Timeout?
                timeout = loop.setTimeout(.seconds(100)) { timeout?.cancel() }.unref()
                remains.watch(timeout)
                var interval: Timeout?
                interval = loop.setInterval(.seconds(100)) { interval?.cancel() }.unref()
                remains.watch(interval)
                var immediate: Immediate?
                immediate = loop.setImmediate { immediate?.cancel() }.unref()
                remains.watch(immediate)

                var watcher: SignalWatcher?
                watcher = try SignalWatcher(.user2) { watcher?.cancel() }
                remains.watch(watcher)
                var job: WorkerJob?
                job = try loop.workers.run({ _ in }, then: { _ in job?.cancel() })
                remains.watch(job)
                remains.watch(loop.workers)
                FileSystem.readFile("/proc/self/status") { _ in _ = loop.exitCode }

                guard byExit else { return }
                connection.client.cork()
                connection.client.write("corked")
                loop.nextTick { _ = loop.exitCode }
                loop.queueMicrotask { _ = loop.exitCode }
                loop.atCheck { _ = loop.exitCode }
                loop.exit(3)
            }
        }
        #expect(code == (byExit ? 3 : 0))
        #expect(remains.watched == 11 && remains.names.isEmpty, "\(remains.names)")
    }

    @Test("What has done its work during the loop is let go of before the loop ends")
    func letGoEarly() async {
        let remains = Remains()
        let log = Log()
        _ = await withLoop { loop in
            var timeout: Timeout? = loop.setTimeout(.milliseconds(1)) {}
            remains.watch(timeout)
            timeout = nil
            loop.spawn { try await loop.sleep(.milliseconds(1)) }
            var immediate: Immediate? = loop.setImmediate {}
            remains.watch(immediate)
            immediate = nil
            var watcher: SignalWatcher?
            watcher = try SignalWatcher(.user2) { watcher?.cancel() }
            remains.watch(watcher)
            watcher?.cancel()
            var job: WorkerJob?
            job = try loop.workers.run({ _ in }, then: { _ in _ = job?.status })
            remains.watch(job)
            let captured = Thing()
            remains.watch(captured)
            loop.setTimeout(.milliseconds(2)) { _ = captured }
            loop.setImmediate { _ = captured }
            FileSystem.stat("/") { _ in _ = captured }
            DNS.lookup("127.0.0.1") { _ in _ = captured }
            loop.setTimeout(.milliseconds(20)) {
                loop.setImmediate { log("\(remains.names)") }
            }
        }
        #expect(log.lines == ["[]"])
    }

    @Test("A sleep leaves nothing behind, whether it was slept or cancelled")
    func sleep() async {
        let remains = Remains()
        _ = await withLoop { loop in
            for isCancelled in [false, true] {
                let thing = Thing()
                remains.watch(thing)
                let task = loop.spawn {
                    await withThing(thing) { try? await loop.sleep(.milliseconds(2)) }
                }
                if isCancelled { loop.setImmediate { task.cancel() } }
            }
        }
        #expect(remains.watched == 2 && remains.names.isEmpty)
    }

    // MARK: Ending inside callbacks

    /// The callbacks of a socket in which a program may end it.
    enum Place: String, CaseIterable {
        case connect, data, bytes, end, drain, error, close, tick, microtask, accept, serverData
    }

    @Test("A socket may be destroyed, twice, inside each of its callbacks", arguments: Place.allCases, [false, true])
    func destroyedInside(place: Place, throwing: Bool) async {
        let log = Log()
        let remains = Remains()
        let code = await withLoop { loop in
            loop.onUncaughtError = { _ in log("uncaught") }
            @LoopActor func at(_ here: Place, _ socket: Socket?) throws {
                guard here == place, let socket else { return }
                log("\(here)")
                socket.destroy()
                socket.destroy(LoopError(code: -1, call: "ignored"))
                socket.write("never")
                socket.cork()
                socket.end("never")
                socket.resume()
                socket.pause()
                socket.ref()
                if throwing { throw Thrown("\(here)") }
            }
            let server = Server { socket in
                remains.watch(socket)
                socket.onError = { _ in }
                socket.onData = {
                    try at(.serverData, socket)
                    socket.write($0)
                    socket.end()
                }
                try at(.accept, socket)
            }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                var client: Socket?
                // Before anything else, so that the end is noticed also if the callback below throws.
                client = Socket.connect(port: port, host: "127.0.0.1") {
                    server.close()
                    client?.cork()
                    client?.write("question")
                    loop.nextTick { try at(.tick, client) }
                    loop.queueMicrotask { try at(.microtask, client) }
                    try at(.connect, client)
                }
                remains.watch(client)
                client?.highWaterMark = 1
                client?.onDrain = { try at(.drain, client) }
                if place == .bytes {
                    client?.onBytes = { _ in try at(.bytes, client) }
                } else {
                    client?.onData = { _ in
                        try at(.data, client)
                        if place == .error { client?.destroy(LoopError(code: -1, call: "test")) }
                    }
                }
                client?.onEnd = { try at(.end, client) }
                client?.onError = { _ in try at(.error, client) }
                client?.onClose = { _ in
                    try at(.close, client)
                    client = nil
                }
            }
        }
        #expect(log.lines == ["\(place)"] + (throwing ? ["uncaught"] : []))
        #expect(code == 0)
        #expect(remains.names.isEmpty)
    }

    @Test("The loop may be ended inside each callback of a socket", arguments: Place.allCases)
    func exitInside(place: Place) async {
        let log = Log()
        let remains = Remains()
        let code = await withLoop { loop in
            @LoopActor func at(_ here: Place) {
                log("\(here)")
                if here == place { loop.exit(5) }
            }
            Connection.open { connection in
                let (client, accepted) = (connection.client, connection.accepted)
                remains.watch(client)
                remains.watch(accepted)
                accepted.onData = {
                    at(.serverData)
                    accepted.write($0)
                    accepted.end()
                }
                client.highWaterMark = 1
                client.onDrain = { at(.drain) }
                if place == .bytes { client.onBytes = { _ in at(.bytes) } } else { client.onData = { _ in at(.data) } }
                client.onEnd = { at(.end) }
                client.onError = { _ in at(.error) }
                client.onClose = { _ in at(.close) }
                client.cork()
                client.write("question")
                at(.connect)
                at(.accept)
                loop.nextTick { at(.tick) }
                loop.queueMicrotask { at(.microtask) }
                if place == .error { client.destroy(LoopError(code: -1, call: "test")) }
            }
        }
        #expect(code == 5)
        #expect(log.lines.last == "\(place)" || [.connect, .accept].contains(place))
        #expect(remains.names.isEmpty)
    }
}

private final class Thing: Sendable {}

private func withThing(_ thing: Thing, _ body: () async -> Void) async {
    await body()
    withExtendedLifetime(thing) {}
}
