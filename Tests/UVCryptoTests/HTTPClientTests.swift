import LoopTesting
import Testing
import UVCore
import UVCrypto
import UVHTTP

@Suite("HTTPClient asks https servers")
struct HTTPClientTests {
    /// What `client` gets from a server of ours, request after request, and how many connections that took.
    private func answers(
        _ urls: [String], _ client: @escaping @LoopActor () throws -> HTTPClient
    ) async -> (lines: [String], connections: Int) {
        let (log, ports) = (Log(), Log())
        let code = await withLoop { loop in
            let tls = try TLSContext(TLSConfiguration(identities: [Certificates.identity("server")]))
            let server = HTTPServer(tls: tls) { request, response in
                ports("\(request.remoteAddress?.port ?? 0)")
                response.end("\(request.url) \(request.isEncrypted)")
            }
            server.listen(port: 0) {
                let port = server.address?.port ?? 0
                loop.spawn {
                    let client = try client()
                    for url in urls {
                        let line = await Self.line(client, url.replacing("PORT", with: "\(port)"))
                        log(line)
                    }
                    client.closeAllConnections()
                    server.close()
                }
            }
        }
        #expect(code == 0)
        return (log.lines, Set(ports.lines).count)
    }

    @LoopActor
    private static func line(_ client: HTTPClient, _ url: String) async -> String {
        do {
            return String(decoding: try await client.get(url).body(upTo: 1_000), as: UTF8.self)
        } catch HTTPClient.Failure.connection(let error) where error.isCertificateRefused {
            return "refused: \(error.message)"
        } catch {
            return (error as? HTTPClient.Failure)?.code ?? "\(error)"
        }
    }

    @Test("Requests go over one connection that the server's certificate has proved")
    func trusted() async {
        let url = "https://localhost:PORT/a"
        let (lines, connections) = await answers([url, url, "https://127.0.0.1:PORT/b"]) {
            HTTPClient(tls: try TLSContext(serverAuthorityFile: Certificates.authority))
        }
        #expect(lines == ["/a true", "/a true", "/b true"])
        #expect(connections == 2)
    }

    @Test("A certificate that is not trusted is a failure, and no server hears of the request")
    func refused() async {
        let (lines, connections) = await answers(["https://localhost:PORT/"]) { HTTPClient(tls: TLSContext()) }
        #expect(lines == ["refused: unable to get local issuer certificate"])
        #expect(connections == 0)
    }

    @Test("Without TLS such a URL is refused, and with it one without is as ever")
    func schemes() async {
        #expect(await answers(["https://localhost:PORT/"]) { HTTPClient() }.lines == ["ERR_INVALID_PROTOCOL"])
        // The server takes what is no TLS for a broken handshake.
        let plain = await answers(["http://localhost:PORT/"]) { HTTPClient(tls: TLSContext()) }
        #expect(plain.lines.count == 1 && plain.lines != ["/ false"] && plain.connections == 0)
    }
}
