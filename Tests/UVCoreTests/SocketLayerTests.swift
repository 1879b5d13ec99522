import LoopTesting
import Testing
import UVCore

@Suite("A socket's layer stands between it and the network, and its user sees a socket")
struct SocketLayerTests {
    @Test("Both ends agree before either is told; what was written before goes first, an end goes behind it all")
    func conversation() async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server(tls: Cipher()) { (socket, server) in
                log("accepted \(socket.isEncrypted)")
                socket.onData = { socket.write(String(decoding: $0, as: UTF8.self).uppercased()) }
                socket.onEnd = { log("server: end") }
                socket.onClose = { log("server: closed \($0)") }
                server.close()
            }
            server.listen(port: 0) { server in
                let client = Socket.connect(port: server.port, host: "127.0.0.1", tls: Cipher()) { log("connected") }
                #expect(client.write("early"))
                #expect(client.isConnecting)
                client.onData = { bytes in
                    log(String(decoding: bytes, as: UTF8.self))
                    client.end()
                }
                client.onEnd = { log("client: end") }
                client.onClose = { log("client: closed \($0) \(client.bytesRead) \(client.bytesWritten)") }
            }
        }
        #expect(
            log.lines.sorted()
                == [
                    "EARLY", "accepted true", "client: closed false 5 5", "client: end", "connected",
                    "server: closed false", "server: end",
                ])
    }

    @Test("Positions in the stream are those of the program's bytes; what has not begun to leave can be dropped")
    func positions() async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server(tls: Cipher()) { (socket, server) in
                socket.onData = { log(String(decoding: $0, as: UTF8.self)) }
                server.close()
            }
            server.listen(port: 0) { server in
                _ = Socket.connect(port: server.port, host: "127.0.0.1", tls: Cipher()) { socket in
                    socket.cork()
                    socket.write("kept ")
                    #expect(socket.writePosition == 5)
                    socket.write("dropped")
                    #expect(socket.writableLength == 12)
                    socket.dropUnsent(from: 5)
                    #expect(socket.writePosition == 5 && socket.writableLength == 5)
                    socket.end("end")
                }
            }
        }
        #expect(log.lines == ["kept end"])
    }

    @Test("More than the system takes at once arrives whole, with onDrain behind it")
    func backpressure() async {
        let count = 12_000_000
        let log = Log()
        _ = await withLoop { _ in
            var received = 0
            let server = Server(tls: Cipher()) { (socket, server) in
                socket.onBytes = { received += $0.byteCount }
                socket.onEnd = { log("received \(received)") }
                server.close()
            }
            server.listen(port: 0) { server in
                _ = Socket.connect(port: server.port, host: "127.0.0.1", tls: Cipher()) { socket in
                    let mayGoOn = socket.write([UInt8](repeating: 97, count: count))
                    #expect(!mayGoOn && socket.writableLength > 0 && socket.bytesWritten < count)
                    socket.onDrain = {
                        log("drained \(socket.bytesWritten)")
                        socket.end()
                    }
                }
            }
        }
        #expect(log.lines == ["drained \(count)", "received \(count)"])
    }

    @Test("An end of the network that the peer's layer has not said breaks the connection", arguments: [true, false])
    func truncation(isAgreed: Bool) async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server(tls: Cipher()) { (socket, server) in
                log("accepted")
                socket.onData = { log(String(decoding: $0, as: UTF8.self)) }
                socket.onEnd = { log("end") }
                socket.onError = { log($0.name) }
                socket.onClose = { log("closed \($0)") }
            }
            server.listen(port: 0) { server in
                let client = Socket.connect(port: server.port, host: "127.0.0.1")
                client.end([Cipher.agreement] + (isAgreed ? Cipher.changed("part") : []))
                client.resume()
                client.onClose = { _ in server.close() }
            }
        }
        #expect(log.lines == ["accepted"] + (isAgreed ? ["part"] : []) + ["EOF", "closed true"])
    }

    @Test("A client whose peer breaks the agreement has an error, and no connection")
    func refused() async {
        let log = Log()
        _ = await withLoop { _ in
            let server = Server { (socket, server) in
                socket.write([Cipher.failure])
                server.close()
            }
            server.listen(port: 0) { server in
                let client = Socket.connect(port: server.port, host: "127.0.0.1", tls: Cipher()) { log("connected") }
                client.onError = { log("\($0)") }
                client.onClose = { log("closed \($0)") }
            }
        }
        #expect(log.lines == ["ECANCELED: the cipher was refused (cipher)", "closed true"])
    }
}
