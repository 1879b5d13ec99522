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
}
