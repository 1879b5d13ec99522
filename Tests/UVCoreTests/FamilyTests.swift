import LoopTesting
import Testing
import UVCore

@Suite("Of a name's addresses only those of the family are tried")
struct FamilyTests {
    @Test("A server on IPv4 is reached by a name without a family and with its own, and not with the other")
    func name() async {
        let log = Log()
        let code = await withLoop { loop in
            let server = Server { socket in socket.end() }
            server.listen(port: 0) {
                var rest = DNS.Family.allCases
                @LoopActor func next() {
                    guard !rest.isEmpty else { return server.close() }
                    let family = rest.removeFirst()
                    let client = Socket.connect(port: server.port, host: "localhost", family: family) { client in
                        log("\(family): \(client.remoteAddress?.host ?? "-")")
                    }
                    // Where the machine has such an address, it is refused there; the server is not asked.
                    client.onError = { error in log("\(family): failed, at IPv4: \(error.address?.isIPv6 == false)") }
                    client.onClose = { _ in next() }
                    client.resume()
                }
                next()
            }
        }
        #expect(code == 0)
        #expect(log.lines == ["any: 127.0.0.1", "ipv4: 127.0.0.1", "ipv6: failed, at IPv4: false"])
    }

    @Test("An address in numbers is tried whatever it is", arguments: DNS.Family.allCases)
    func numbers(family: DNS.Family) async {
        let log = Log()
        _ = await withLoop { loop in
            let server = Server { socket in socket.end() }
            server.listen(port: 0) {
                let client = Socket.connect(port: server.port, host: "127.0.0.1", family: family) {
                    log("connected")
                }
                client.onClose = { _ in server.close() }
                client.resume()
            }
        }
        #expect(log.lines == ["connected"])
    }
}
