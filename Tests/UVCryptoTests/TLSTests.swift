import LoopTesting
import Testing
import UVCore
import UVCrypto

@Suite("TLS: who is trusted, what is agreed, how it ends")
struct TLSTests {
    @Test("A server is known by its name or address, which its certificate has, by an authority that is trusted")
    func trusted() async {
        let good = ["connected", "hello", "end", "accepted", "closed false"]
        #expect(await Conversation().run() == good)
        #expect(await Conversation(host: "127.0.0.1").run() == good)
    }

    @Test(
        "A server of another name, authority or time is refused, and no program hears of it",
        arguments: [
            ("server", "other.test", "hostname mismatch"), ("server", "127.0.0.2", "IP address mismatch"),
            ("unknown", "localhost", "unable to get local issuer certificate"),
        ])
    func refused(identity: String, host: String, reason: String) async {
        let server = TLSConfiguration(identities: [Certificates.identity(identity)])
        #expect(await Conversation(server: server, host: host).run() == ["refused: \(reason)"])
    }

    @Test("The dot behind a whole name is of DNS alone: the server is asked for the name without it")
    func dot() async {
        let log = Log()
        var conversation = Conversation(host: "localhost.")
        conversation.onConnect = { layer in log(layer.serverName ?? "") }
        #expect(await conversation.run() == ["connected", "hello", "end", "accepted", "closed false"])
        #expect(log.lines == ["localhost"])
    }

    @Test(
        "An address stays one with its zone; a name that is not as in DNS has no certificate",
        arguments: [
            ("fe80::1%eth0", "refused: IP address mismatch"), ("::1%1", "refused: IP address mismatch"),
            ("bücher.test", "the name is not ASCII, as it is in DNS"), (".", "the name is empty"),
        ])
    func unusualNames(host: String, line: String) async {
        #expect(await Conversation(host: host).run() == [line])
    }

    @Test("Without authorities of its own a client asks the system's, which do not know the tests'")
    func systemAuthorities() async {
        let lines = await Conversation(client: TLSConfiguration()).run()
        #expect(lines == ["refused: unable to get local issuer certificate"])
    }

    @Test("TLS 1.3 is spoken, with HTTP/1.1 inside and by the name that was asked for")
    func agreed() async {
        let log = Log()
        var conversation = Conversation()
        conversation.onConnect = { layer in
            log("\(layer.version) \(layer.cipher) \(layer.applicationProtocol ?? "") \(layer.serverName ?? "")")
        }
        _ = await conversation.run()
        #expect(log.lines == ["TLSv1.3 TLS_AES_256_GCM_SHA384 http/1.1 localhost"])
    }

    @Test(
        "A client gets the certificate of the name that it asks for, else the first",
        arguments: [
            ("localhost", true), ("other.test", true), ("a.wild.test", true), ("a.b.wild.test", false),
            ("none.test", false),
        ])
    func serverNames(host: String, isThere: Bool) async {
        let identities = ["server", "other"].map(Certificates.identity)
        let lines = await Conversation(server: TLSConfiguration(identities: identities), host: host).run()
        #expect(lines.first == (isThere ? "connected" : "refused: hostname mismatch"))
    }

    @Test("Without a protocol in common there is no connection")
    func noProtocol() async {
        var client = TLSConfiguration(serverAuthorityFile: Certificates.authority)
        client.applicationProtocols = ["h2"]
        #expect(await Conversation(client: client).run() == ["tlsv1 alert no application protocol"])
        client.applicationProtocols = ["h2", "http/1.1"]
        #expect(await Conversation(client: client).run().first == "connected")
    }

    @Test("Of the protocols that both have the server likes one most, in whatever order the client names them")
    func protocolOrder() async {
        let log = Log()
        var conversation = Conversation()
        conversation.server.applicationProtocols = ["h2", "http/1.1", "echo"]
        conversation.client.applicationProtocols = ["echo", "http/1.1"]
        conversation.onConnect = { layer in log(layer.applicationProtocol ?? "") }
        _ = await conversation.run()
        #expect(log.lines == ["http/1.1"])
    }

    @Test("A server that asks for certificates takes those of its authority alone")
    func clientCertificates() async {
        var server = TLSConfiguration(identities: [Certificates.identity("server")])
        server.clientAuthorityFile = Certificates.authority
        var client = TLSConfiguration(serverAuthorityFile: Certificates.authority)
        // With TLS 1.3 a client is connected before the server has seen its certificate.
        #expect(
            await Conversation(server: server, client: client).run()
                == ["connected", "tlsv13 alert certificate required"])
        client.identities = [Certificates.identity("unknown")]
        #expect(await Conversation(server: server, client: client).run() == ["connected", "tlsv1 alert unknown ca"])
        client.identities = [Certificates.identity("client")]
        #expect(
            await Conversation(server: server, client: client).run()
                == ["connected", "hello", "end", "accepted", "closed false"])
    }
}
