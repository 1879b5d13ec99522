import Foundation
import LoopTesting
import Testing
import UVCore
import UVCrypto

@Suite("The files of TLS: what is wrong with them is said when they are read")
struct TLSFilesTests {
    @LoopActor
    private static func reason(_ configuration: TLSConfiguration) -> String? {
        do throws(TLSError) {
            _ = try TLSContext(configuration)
            return nil
        } catch {
            return error.description.replacing(Certificates.path(""), with: "")
        }
    }

    @Test(
        "A certificate that is none, that has expired, or whose key is another's cannot be used",
        arguments: [
            ("server", "server", nil), ("expired", "expired", "expired.pem has expired"),
            ("server", "other", "other.key is no key of server.pem: key values mismatch"),
            ("none", "server", "none.pem is no certificate: No such file or directory"),
            ("server", "none", "none.key is no key of server.pem: No such file or directory"),
        ])
    func files(certificate: String, key: String, expected: String?) async {
        let identity = TLSIdentity(
            certificateFile: Certificates.path("\(certificate).pem"), keyFile: Certificates.path("\(key).key"))
        #expect(await Self.reason(TLSConfiguration(identities: [identity])) == expected)
    }

    @Test("Authorities that are none cannot be used")
    func authorities() async {
        var configuration = TLSConfiguration(identities: [Certificates.identity("server")])
        configuration.clientAuthorityFile = Certificates.path("server.key")
        #expect(await Self.reason(configuration)?.hasPrefix("server.key has no authorities' certificates") == true)
        let client = TLSConfiguration(serverAuthorityFile: Certificates.path("none.pem"))
        #expect(await Self.reason(client)?.hasPrefix("none.pem has no authorities' certificates") == true)
    }

    @Test("Files are read anew for the connections that come; where they cannot be used, the old ones stay")
    func reload() async throws {
        let (certificate, key) = (Certificates.path("changing.pem"), Certificates.path("changing.key"))
        func put(_ name: String) throws {
            for (from, to) in [("\(name).pem", certificate), ("\(name).key", key)] {
                try Data(contentsOf: URL(filePath: Certificates.path(from))).write(to: URL(filePath: to))
            }
        }
        try put("server")
        let log = Log()
        let code = await withLoop { _ in
            let tls = try TLSContext(certificateFile: certificate, keyFile: key)
            let trusting = try TLSContext(serverAuthorityFile: Certificates.authority)
            let server = Server(tls: tls) { socket in socket.end("hello") }
            @LoopActor func ask(_ then: @escaping () throws -> Void) {
                let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1", tls: trusting)
                client.onData = { log(String(decoding: $0, as: UTF8.self)) }
                client.onError = { log($0.message) }
                client.onClose = { _ in try then() }
            }
            server.listen(port: 0) {
                ask {
                    try put("expired")
                    #expect(throws: TLSError.self) { try tls.reload() }
                    ask {
                        try put("other")
                        try tls.reload()
                        ask { server.close() }
                    }
                }
            }
        }
        #expect(code == 0)
        #expect(log.lines == ["hello", "hello", "IP address mismatch"])
    }
}
