import Foundation
import LoopTesting
import Testing
import UVCore

@Suite("Connections that break where a layer has something to say, or what was read was not taken")
struct BrokenLayerTests {
    @Test("A socket that is destroyed tells no error, although its layer's end reaches no peer")
    func destroyed() async {
        let log = Log()
        _ = await withLoop { _ in
            var client: Socket?
            let server = Server(tls: Cipher()) { (socket, server) in
                server.close()
                socket.onError = { log($0.name) }
                socket.onClose = { log("closed \($0)") }
                turns(2) {
                    client?.resetAndDestroy()
                    socket.destroy()
                    socket.write("") { log($0?.name ?? "sent") }
                }
            }
            server.listen(port: 0) { server in
                client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                client?.write([Cipher.agreement])
                client?.onClose = { _ in client = nil }
            }
        }
        #expect(log.lines == ["ECANCELED", "closed false"])
    }

    @Test("An end that no layer has said waits for resume, behind what has come before it")
    func pausedAtTheEnd() async {
        let log = Log()
        _ = await withLoop { _ in
            var client: Socket?
            let server = Server(tls: Cipher()) { (socket, server) in
                server.close()
                socket.pause()
                socket.onData = { log(String(decoding: $0, as: UTF8.self)) }
                socket.onEnd = { log("end") }
                socket.onError = { log($0.name) }
                socket.onClose = { log("closed \($0)") }
                turns(3) {
                    client?.end()
                    turns(3) {
                        log("resume")
                        socket.resume()
                    }
                }
            }
            server.listen(port: 0) { server in
                client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                client?.write([Cipher.agreement] + Cipher.changed("part"))
                client?.onClose = { _ in client = nil }
                client?.resume()
            }
        }
        #expect(log.lines == ["resume", "part", "EOF", "closed true"])
    }

    @Test("A task gets what has come before such an end, and then the error")
    func taskAtTheEnd() async {
        let log = Log()
        _ = await withLoop { loop in
            let server = Server(tls: Cipher()) { (socket, server) in
                server.close()
                let bytes = socket.bytes
                turns(5) {
                    loop.spawn {
                        do {
                            for try await piece in bytes { log(String(decoding: piece, as: UTF8.self)) }
                        } catch {
                            log((error as? LoopError)?.name ?? "another")
                        }
                    }
                }
            }
            server.listen(port: 0) { server in
                let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                client.end([Cipher.agreement] + Cipher.changed("part"))
                client.resume()
            }
        }
        #expect(log.lines == ["part", "EOF"])
    }

    @Test(
        "A client whose first bytes meet a broken connection was not connected: an error, or an uncaught one",
        arguments: [true, false])
    func firstBytes(isHeard: Bool) async {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString.prefix(8))-s").path
        let log = Log()
        _ = await withLoop { loop in
            loop.onUncaughtError = { log("uncaught \(($0 as? LoopError)?.name ?? "")") }
            let server = Server { (socket, server) in
                socket.write([Cipher.agreement])
                socket.destroy()
                server.close()
            }
            server.listen(path: path) {
                let client = Socket.connect(path: path, tls: Cipher()) { log("connected") }
                client.write("early")
                if isHeard { client.onError = { log($0.name) } }
                client.onClose = { log("closed \($0)") }
            }
        }
        #expect(log.lines == [isHeard ? "EPIPE" : "uncaught EPIPE", "closed true"])
    }

    @Test("A server hears that a handshake has failed, where its last bytes have met a broken connection")
    func lastBytesOfAHandshake() async {
        let log = Log()
        _ = await withLoop { _ in
            let cipher = Cipher()
            let server = Server(tls: cipher) { _, _ in log("accepted") }
            server.onHandshakeError = { error, _ in
                log(error.name)
                server.close()
            }
            server.listen(port: 0) { server in
                let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                cipher.onStep = { _ in client.resetAndDestroy() }
                cipher.answers = true
                client.write([Cipher.agreement])
            }
        }
        #expect(log.lines == ["ECONNRESET"])
    }
}
