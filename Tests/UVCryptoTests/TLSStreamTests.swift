import LoopTesting
import Testing
import UVCore
import UVCrypto

@Suite("A socket with TLS is a socket: what waits, what is held back, how each side ends")
struct TLSStreamTests {
    /// Runs a server and a client that have agreed; each `body` gets its end of the connection.
    private func run(
        server serve: @escaping @LoopActor (Socket) -> Void, client use: @escaping @LoopActor (Socket) -> Void
    ) async {
        let code = await withLoop { _ in
            let tls = try TLSContext(TLSConfiguration(identities: [Certificates.identity("server")]))
            let trusting = try TLSContext(serverAuthorityFile: Certificates.authority)
            let server = Server(tls: tls) { (socket, server) in
                server.close()
                serve(socket)
            }
            server.allowsHalfOpen = true
            server.listen(port: 0) { server in
                let port = server.address?.port ?? 0
                let client = Socket.connect(port: port, host: "127.0.0.1", tls: trusting) { socket in use(socket) }
                client.allowsHalfOpen = true
            }
        }
        #expect(code == 0)
    }

    private static let much = 12_000_000

    /// Writes more than the system takes at once, and says when it has: then it ends.
    @LoopActor
    private static func writeMuch(to socket: Socket, _ log: Log) {
        let mayGoOn = socket.write([UInt8](repeating: 97, count: much))
        #expect(!mayGoOn && socket.writableLength > socket.highWaterMark && socket.bytesWritten < much)
        socket.onDrain = {
            log("drained \(socket.bytesWritten) \(socket.writableLength)")
            socket.end()
        }
    }

    @LoopActor
    private static func readAll(from socket: Socket, _ log: Log) {
        var received = 0
        socket.onBytes = { received += $0.byteCount }
        socket.onEnd = {
            log("received \(received) \(socket.bytesRead)")
            socket.end()
        }
    }

    @Test(
        "More than the system takes at once arrives whole, with onDrain behind it, either way",
        arguments: [true, false])
    func backpressure(isServerWriting: Bool) async {
        let log = Log()
        await run { socket in
            if isServerWriting { Self.writeMuch(to: socket, log) } else { Self.readAll(from: socket, log) }
        } client: { socket in
            if isServerWriting { Self.readAll(from: socket, log) } else { Self.writeMuch(to: socket, log) }
        }
        #expect(log.lines == ["drained \(Self.much) 0", "received \(Self.much) \(Self.much)"])
    }

    @Test(
        "A side that has ended goes on reading, and what the other side writes then arrives", arguments: [true, false])
    func halfClose(isServerFirst: Bool) async {
        let log = Log()
        @LoopActor func endFirst(_ socket: Socket) {
            socket.onData = { log(String(decoding: $0, as: UTF8.self)) }
            socket.onEnd = { log("the other end") }
            socket.onClose = { log("closed \($0)") }
            socket.end("first")
        }
        @LoopActor func endBehind(_ socket: Socket) {
            socket.onData = { log(String(decoding: $0, as: UTF8.self)) }
            socket.onEnd = {
                log("the first end")
                socket.end("second")
            }
        }
        await run {
            isServerFirst ? endFirst($0) : endBehind($0)
        } client: {
            isServerFirst ? endBehind($0) : endFirst($0)
        }
        #expect(log.lines == ["first", "the first end", "second", "the other end", "closed false"])
    }

    @Test("A socket that is paused holds no more than the mark, a read, and what the layer had kept back")
    func paused() async {
        let log = Log()
        await run { socket in
            socket.pause()
            // By then the client can send no more.
            EventLoop.current.turns(500) {
                log(socket.bytesRead <= 16_383 + 65_536 + Socket.layerBacklog ? "bounded" : "\(socket.bytesRead)")
                Self.readAll(from: socket, log)
                socket.resume()
            }
        } client: { socket in
            Self.writeMuch(to: socket, log)
        }
        #expect(log.lines.first == "bounded")
        #expect(log.lines.sorted() == ["bounded", "drained \(Self.much) 0", "received \(Self.much) \(Self.much)"])
    }

    @Test("A context that is read anew in each turn loses none of the handshakes that run meanwhile")
    func reload() async {
        let log = Log()
        let code = await withLoop { loop in
            let tls = try TLSContext(TLSConfiguration(identities: [Certificates.identity("server")]))
            let trusting = try TLSContext(serverAuthorityFile: Certificates.authority)
            let server = Server(tls: tls) { socket in socket.end("hello") }
            server.acceptsPerTurn = 10
            server.onHandshakeError = { error, _ in log("\(error)") }
            @LoopActor func reload() throws {
                guard server.isListening else { return }
                try tls.reload()
                try trusting.reload()
                loop.setImmediate { try reload() }
            }
            server.listen(port: 0) { server in
                try reload()
                for _ in 0..<50 {
                    let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1", tls: trusting)
                    client.onData = { log(String(decoding: $0, as: UTF8.self)) }
                    client.onError = { log("\($0)") }
                    client.onClose = { _ in if log.lines.count == 50 { server.close() } }
                }
            }
        }
        #expect(code == 0)
        #expect(log.lines == [String](repeating: "hello", count: 50))
    }
}

extension EventLoop {
    /// Calls `then` when the loop has turned `count` times.
    fileprivate func turns(_ count: Int, _ then: @escaping @LoopActor () -> Void) {
        if count == 0 { return then() }
        setImmediate { [self] in turns(count - 1, then) }
    }
}
