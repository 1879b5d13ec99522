import LoopTesting
import Testing
import UVCore
import UVCrypto
import UVHTTP

@Suite("A server hears why a handshake has failed, and its program gets no connection")
struct HandshakeErrorTests {
    /// What a server says of the handshake that `attempt` makes with it.
    private func error(
        clientAuthority: String? = nil, _ attempt: @escaping @LoopActor (_ port: Int) throws -> Socket
    ) async -> [String] {
        let log = Log()
        let code = await withLoop { _ in
            var configuration = TLSConfiguration(identities: [Certificates.identity("server")])
            configuration.clientAuthorityFile = clientAuthority
            let server = HTTPServer(tls: try TLSContext(configuration)) { _, _ in log("a request") }
            server.onHandshakeError = { [unowned server] error, address in
                log("\(error.name): \(error.message)")
                #expect(address == nil || address?.host == "127.0.0.1")
                server.close()
            }
            server.listen(port: 0) {
                let client = try attempt(server.address?.port ?? 0)
                client.onError = { _ in }
                client.resume()
            }
        }
        #expect(code == 0)
        return log.lines
    }

    /// What it says of a client that sends `bytes` and goes on reading.
    private func error(for bytes: [UInt8]) async -> [String] {
        await error { port in
            let client = Socket.connect(port: port, host: "127.0.0.1")
            client.write(bytes)
            return client
        }
    }

    @Test("Plain HTTP, a version that is too old, and what is nothing at all")
    func noTLS() async {
        #expect(await error(for: Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)) == ["EPROTO: http request"])
        #expect(await error(for: [0x16, 3, 1, 0, 45] + Self.oldHello) == ["EPROTO: unsupported protocol"])
        #expect(await error(for: [UInt8](repeating: 0, count: 100)) == ["EPROTO: wrong version number"])
    }

    /// A ClientHello of TLS 1.0 without extensions. RFC 2246 section 7.4.1.2.
    private static let oldHello: [UInt8] =
        [1, 0, 0, 41, 3, 1] + [UInt8](repeating: 7, count: 32) + [0, 0, 2, 0xC0, 0x09, 1, 0]

    @Test("A client that ends before")
    func end() async {
        let lines = await error { port in
            let client = Socket.connect(port: port, host: "127.0.0.1")
            client.end()
            return client
        }
        #expect(lines == ["EOF: the connection has ended before the handshake was finished"])
    }

    @Test(
        "A client without a certificate, or of another authority",
        arguments: [
            (nil, "EPROTO: peer did not return a certificate"),
            ("unknown", "EPROTO: unable to get local issuer certificate"),
        ])
    func certificates(name: String?, expected: String) async {
        let lines = await error(clientAuthority: Certificates.authority) { port in
            var configuration = TLSConfiguration(serverAuthorityFile: Certificates.authority)
            configuration.identities = name.map { [Certificates.identity($0)] } ?? []
            return Socket.connect(port: port, host: "127.0.0.1", tls: try TLSContext(configuration))
        }
        #expect(lines == [expected])
    }

    @Test("A client that does not trust the server says so, and the server hears it")
    func distrust() async {
        let lines = await error { port in Socket.connect(port: port, host: "127.0.0.1", tls: TLSContext()) }
        #expect(lines == ["EPROTO: tlsv1 alert unknown ca"])
    }
}
