import LoopTesting
import Testing
import UVCore

@Suite("A server listens, accepts and closes as Node's does")
struct ServerTests {
    @Test("Listening is told later, with the port that the system chose")
    func listening() async {
        let log = Log()
        _ = await withLoop { loop in
            let server = Server { _ in }
            #expect(server.address == nil && !server.isListening)
            server.listen(port: 0) {
                log("listening \((server.address?.port ?? 0) > 0) \(server.isListening)")
                loop.setImmediate {
                    server.close { log("closed") }
                    log("\(server.isListening) \(server.address == nil)")
                }
            }
            log("called")
        }
        #expect(log.lines == ["called", "listening true true", "false true", "closed"])
    }

    @Test("A server may listen on a name, and on IPv6")
    func hosts() async {
        let log = Log()
        _ = await withLoop { _ in
            for host in ["localhost", "::1"] {
                let server = Server { $0.end() }
                server.onError = { log("\(host) \($0.name)") }
                server.listen(port: 0, host: host) {
                    guard let port = server.address?.port else { return }
                    let client = Socket.connect(port: port, host: host) { log("connected to \(host)") }
                    client.onClose = { _ in server.close() }
                }
            }
        }
        #expect(log.lines.sorted() == ["connected to ::1", "connected to localhost"])
    }

    @Test("A port in use is told by onError, later than the call; the other server is not disturbed")
    func portInUse() async {
        let log = Log()
        _ = await withLoop { _ in
            let first = Server { _ in }
            first.listen(port: 0) {
                guard let port = first.address?.port else { return }
                let second = Server { _ in }
                second.onError = { error in
                    log("\(error.name) \(error.isAddressInUse) \(second.isListening) \(first.isListening)")
                    first.close()
                    // Free again by now: the same server may try again, and then all that have waited are called.
                    second.listen(port: port) {
                        log("again")
                        second.close()
                    }
                }
                second.listen(port: port) { log("first") }
                log("called")
            }
        }
        #expect(log.lines == ["called", "EADDRINUSE true false true", "first", "again"])
    }

    @Test("A port in use without onError is an uncaught error")
    func portInUseUncaught() async {
        let code = await withLoop { loop in
            let first = Server { _ in }
            first.listen(port: 0) {
                guard let port = first.address?.port else { return }
                Server { _ in }.listen(port: port)
            }
        }
        #expect(code == 1)
    }

    @Test("A server that listens does not listen anew: EALREADY, and it goes on")
    func listenTwice() async {
        let log = Log()
        _ = await withLoop { loop in
            let server = Server { $0.end() }
            server.onError = { log("\($0.name)") }
            server.listen(port: 0) {
                log("first")
                server.listen(port: 0) { log("second") }
                guard let port = server.address?.port else { return }
                Socket.connect(port: port) {
                    log("connected")
                    server.close()
                }
            }
            server.listen(port: 0) { log("before it did") }
        }
        #expect(log.lines == ["first", "before it did", "EALREADY", "connected"])
    }

    @Test("Closed before it has begun to listen, it never does", arguments: ["127.0.0.1", "localhost"])
    func closedAtOnce(host: String) async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server { _ in }
            server.listen(port: 0, host: host) { log("listening") }
            server.close { (_: LoopError?) in log("closed") }
        }
        #expect(log.lines == ["closed"])
    }

    @Test("close waits for the connections; a second close gets an error, and so does one that never listened")
    func closing() async {
        let log = Log()
        _ = await withLoop { loop in
            Server { _ in }.close { (error: LoopError?) in log("never listened: \(error?.name ?? "-")") }
            let server = Server { socket in
                socket.onClose = { _ in log("connection closed") }
                socket.resume()
            }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                let client = Socket.connect(port: port, host: "127.0.0.1")
                @LoopActor func closeWhenAccepted() {
                    guard server.connectionCount == 1 else { return _ = loop.setImmediate(closeWhenAccepted) }
                    server.close { (error: LoopError?) in
                        log("first: \(error?.name ?? "-") \(server.connectionCount)")
                    }
                    server.close { (error: LoopError?) in log("second: \(error?.name ?? "-")") }
                    loop.setTimeout(.milliseconds(5)) {
                        log("ending")
                        client.end()
                    }
                }
                closeWhenAccepted()
            }
        }
        #expect(
            log.lines == [
                "never listened: ENOTCONN", "ending", "first: - 0", "second: ENOTCONN", "connection closed",
            ])
    }

    @Test("An unreferenced server lets the loop end, also when that is said before it listens")
    func unreferenced() async {
        for isEarly in [false, true] {
            let log = Log()
            let code = await withLoop { loop in
                loop.onExit = { log("exit \($0)") }
                let server = Server { _ in }
                if isEarly { server.unref() }
                server.listen(port: 0) { log("listening") }
                if !isEarly { server.unref() }
            }
            #expect(log.lines == ["listening", "exit 0"] && code == 0)
        }
    }

    @Test("One connection an iteration is accepted: its ticks and immediates come before the next connection")
    func oneAnIteration() async {
        let log = Log()
        let count = 5
        _ = await withLoop { loop in
            var connections = 0
            let server = Server { socket in
                connections += 1
                let number = connections
                log("connection \(number)")
                loop.nextTick { log("tick \(number)") }
                loop.setImmediate { log("immediate \(number)") }
                socket.end()
            }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                var closed = 0
                for _ in 0..<count {
                    let client = Socket.connect(port: port, host: "127.0.0.1")
                    client.resume()
                    client.onClose = { _ in
                        closed += 1
                        if closed == count { server.close() }
                    }
                }
            }
        }
        #expect(log.lines == (1...count).flatMap { ["connection \($0)", "tick \($0)", "immediate \($0)"] })
    }

    @Test("Many clients that connect at once are all accepted")
    func manyClients() async {
        let count = 400
        nonisolated(unsafe) var (accepted, answered, most) = (0, 0, 0)
        let code = await withLoop { _ in
            let server = Server { socket in
                accepted += 1
                socket.end("hello")
            }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                var closed = 0
                for _ in 0..<count {
                    let client = Socket.connect(port: port, host: "127.0.0.1")
                    client.onBytes = { answered += $0.byteCount }
                    client.onClose = { _ in
                        most = max(most, server.connectionCount)
                        closed += 1
                        if closed == count { server.close() }
                    }
                }
            }
        }
        #expect(accepted == count && answered == 5 * count && most > 0 && code == 0)
    }

    @Test("Two servers accept side by side, and one that closes with a connection in its hand leaves no trace")
    func closedWhileParked() async {
        let log = Log()
        let code = await withLoop { loop in
            var servers: [Server] = []
            var clients: [Socket] = []
            var accepted = [0, 0]
            for index in 0..<2 {
                let server = Server { socket in
                    accepted[index] += 1
                    socket.end()
                    guard accepted == [1, 1] else { return }
                    // By now each holds its next connection back.
                    loop.setImmediate {
                        for server in servers { server.close { log("closed") } }
                        for client in clients { client.destroy() }
                    }
                }
                servers.append(server)
                server.listen(port: 0) {
                    guard let port = server.address?.port else { return }
                    for _ in 0..<20 { clients.append(Socket.connect(port: port, host: "127.0.0.1")) }
                    for client in clients { client.onError = { _ in } }
                }
            }
        }
        #expect(log.lines == ["closed", "closed"])
        #expect(code == 0)
    }

    @Test("A server may close, and its sockets be destroyed, inside its own callback")
    func closedInCallback() async {
        let log = Log()
        let code = await withLoop { _ in
            var close: () -> Void = {}
            let server = Server { socket in
                log("connection")
                socket.onClose = { _ in log("connection closed") }
                close()
                socket.destroy()
            }
            close = { server.close { log("closed") } }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                for _ in 0..<3 {
                    let client = Socket.connect(port: port, host: "127.0.0.1")
                    client.resume()
                    client.onError = { _ in }
                }
            }
        }
        #expect(log.lines == ["connection", "closed", "connection closed"])
        #expect(code == 0)
    }

    @Test("An error thrown with a new connection leaves the server listening")
    func throwingCallback() async {
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \($0)") }
            var connections = 0
            let server = Server { socket in
                connections += 1
                socket.end()
                if connections == 1 { throw Thrown("from the first") }
                log("second")
            }
            server.listen(port: 0) {
                guard let port = server.address?.port else { return }
                Socket.connect(port: port, host: "127.0.0.1").onClose = { _ in
                    Socket.connect(port: port, host: "127.0.0.1").onClose = { _ in server.close() }
                }
            }
        }
        #expect(log.lines == ["uncaught from the first", "second"])
    }
}
