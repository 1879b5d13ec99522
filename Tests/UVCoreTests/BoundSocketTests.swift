import LoopTesting
import Testing
import UVCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite("Sockets that are bound for others")
struct BoundSocketTests {
    private static let anyPort = SocketAddress(host: "127.0.0.1", port: 0)

    /// A server that listens with the socket, as a process does that has inherited it.
    private static func descriptor(_ socket: BoundSocket) -> Int32 { dup(socket.descriptor ?? -1) }

    @Test("They have one port, each listener gets its share, and what one has not accepted is not the other's")
    func sharing() async {
        let log = Log()
        let code = await withLoop { _ in
            guard let address = Self.anyPort else { return }
            let sockets = try BoundSocket.several(2, at: address)
            #expect(sockets[0].address.port != 0 && sockets[0].address == sockets[1].address)
            var counts = [0, 0]
            var servers: [Server] = []
            for (index, socket) in sockets.enumerated() {
                let server = Server { connection in
                    counts[index] += 1
                    connection.end()
                    guard counts.allSatisfy({ $0 > 0 }) else { return }
                    log("both")
                    for server in servers { server.close() }
                }
                servers.append(server.listen(descriptor: Self.descriptor(socket)))
            }
            @LoopActor func connect() {
                let client = Socket.connect(port: sockets[0].address.port)
                client.onError = { _ in }
                client.onClose = { _ in if !counts.allSatisfy({ $0 > 0 }) { connect() } }
            }
            connect()
        }
        #expect(code == 0 && log.lines.first == "both")
    }

    @Test("A client that no server accepts waits for the next one, and is refused when the socket is given up")
    func waiting() async {
        let log = Log()
        let code = await withLoop { _ in
            guard let address = Self.anyPort, let socket = try BoundSocket.several(1, at: address).first else { return }
            let port = socket.address.port
            let first = Server { _ in log("first") }
            first.listen(descriptor: Self.descriptor(socket)) {
                first.close()
                let client = Socket.connect(port: port) { log("connected") }
                client.onClose = { _ in
                    log("answered")
                    socket.close()
                    let late = Socket.connect(port: port)
                    late.onError = { log($0.name) }
                }
                let second = Server { connection in
                    log("second")
                    connection.end()
                }
                client.onEnd = { second.close() }
                second.listen(descriptor: Self.descriptor(socket))
            }
        }
        #expect(code == 0 && log.lines.sorted() == ["ECONNREFUSED", "answered", "connected", "second"])
    }

    @Test("An address that is listened at is in use, also where the other one would share it")
    func inUse() async {
        let log = Log()
        let code = await withLoop { _ in
            guard let address = Self.anyPort, let socket = try BoundSocket.several(1, at: address).first else { return }
            let server = Server { _ in }
            server.listen(descriptor: Self.descriptor(socket)) {
                do throws(LoopError) {
                    _ = try BoundSocket.several(2, at: socket.address)
                } catch {
                    log("\(error.name) \(error.isAddressInUse)")
                }
                server.close()
            }
        }
        #expect(code == 0 && log.lines == ["EADDRINUSE true"])
    }

    @Test("An address of IPv6 is shared, too, and one that is not here is told")
    func addresses() async {
        let code = await withLoop { _ in
            let version6 = try #require(SocketAddress(host: "::1", port: 0))
            let sockets = try BoundSocket.several(3, at: version6)
            #expect(sockets.allSatisfy { $0.address == sockets[0].address && $0.address.isIPv6 })
            let elsewhere = try #require(SocketAddress(host: "192.0.2.1", port: 0))
            let error = #expect(throws: LoopError.self) { try BoundSocket.several(1, at: elsewhere) }
            #expect(error?.name == "EADDRNOTAVAIL")
        }
        #expect(code == 0)
    }

    @Test("What is no socket is told by onError")
    func noSocket() async {
        let log = Log()
        let code = await withLoop { _ in
            let server = Server { _ in }
            server.onError = { log($0.call) }
            server.listen(descriptor: 9_999)
            #expect(!server.isListening)
        }
        #expect(code == 0 && log.lines == ["uv_tcp_open"])
    }

    @Test("A server that stops listening takes what it has in its hand, and leaves the rest and its connections alone")
    func stopListening() async {
        let log = Log()
        let code = await withLoop { loop in
            guard let address = Self.anyPort, let socket = try BoundSocket.several(1, at: address).first else { return }
            let next = Server { connection in connection.end("next") }
            @LoopActor func end(_ line: String) {
                log(line)
                guard log.lines.filter({ $0 != "accepted" }).count == 3 else { return }
                next.close()
                socket.close()
            }
            let server = Server { (connection: Socket, server: Server) in
                log("accepted")
                connection.onData = { bytes in connection.end(bytes) }
                guard log.lines == ["accepted"] else { return }
                // One connection a turn: if the next one has come by then, it is in libuv's hand.
                loop.setImmediate {
                    server.stopListening()
                    #expect(!server.isListening)
                    server.stopListening()
                    next.listen(descriptor: Self.descriptor(socket))
                }
            }
            server.listen(descriptor: Self.descriptor(socket)) {
                for number in 1...3 {
                    let client = Socket.connect(port: socket.address.port)
                    client.onData = { bytes in end(String(decoding: bytes, as: UTF8.self)) }
                    client.onError = { end("\(number) \($0.name)") }
                    client.write("answered")
                }
            }
        }
        #expect(code == 0)
        // What was in the hand is answered here, and the rest there.
        let count = { (line: String) in log.lines.count { $0 == line } }
        #expect(count("answered") == count("accepted") && [1, 2].contains(count("answered")), "\(log.lines)")
        #expect(count("answered") + count("next") == 3, "\(log.lines)")
    }
}
