import LoopTesting
import Testing
import UVCore
import UVHTTP
import UVWebSocket

@Suite("An upgrade behind other requests of its connection")
struct BehindRequestsTests {
    @Test("A request that is answered before the upgrade, on the same connection, changes nothing")
    func behindARequest() async {
        await withServer { server in
            let peer = try await server.connect()
            peer.send("GET /one HTTP/1.1\r\nHost: localhost\r\n\r\n" + upgradeRequest())
            try await until("both answers") { peer.rest.contains("Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n") }
            #expect(peer.head.hasPrefix("HTTP/1.1 200 OK"))
            #expect(peer.rest.hasPrefix("HTTP: /oneHTTP/1.1 101 "))
        }
    }

    @Test(
        "A client that has ended its side behind the upgrade gets the answers before it, and the 101",
        arguments: [1, 17, 40])
    func endBehindTheUpgrade(count: Int) async {
        await withServer { server in
            server.http.allowsHalfOpen = true
            let peer = try await server.connect()
            peer.send(requests(count) + upgradeRequest())
            peer.socket.end()
            try await until("the close") { peer.socket.isDestroyed }
            #expect(answers(to: peer) == count && peer.ending == "end")
            #expect(peer.rest.hasSuffix("Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"))
        }
    }

    @Test("A WebSocket that is terminated while it is opened takes no answer with it", arguments: [1, 17, 40])
    func terminateWhileOpening(count: Int) async {
        await withServer { server in
            server.onOpen = { socket, _ in socket.terminate() }
            let peer = try await server.connect()
            peer.send(requests(count) + upgradeRequest())
            try await peer.finish()
            #expect(answers(to: peer) == count && peer.ending == "end")
            #expect(peer.rest.hasSuffix("Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"))
        }
    }

    @Test("Nor does an upgrade that fails")
    func upgradeThrows() async {
        let log = Log()
        await withServer { server in
            server.loop.onUncaughtError = { log("\($0)") }
            server.http.onUpgrade = { _, _, _ in throw Thrown("no upgrade") }
            let peer = try await server.connect()
            peer.send(requests(3) + upgradeRequest())
            try await peer.finish()
            #expect(answers(to: peer) == 3 && peer.ending == "end")
        }
        #expect(log.lines == ["no upgrade"])
    }

    private func requests(_ count: Int) -> String {
        String(repeating: "GET /one HTTP/1.1\r\nHost: localhost\r\n\r\n", count: count)
    }

    @LoopActor
    private func answers(to peer: RawPeer) -> Int { peer.rest.ranges(of: "HTTP: /one").count }
}
