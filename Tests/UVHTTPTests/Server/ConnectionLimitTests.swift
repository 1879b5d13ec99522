import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("More connections than the limit")
struct ConnectionLimitTests {
    private static let refusal = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n"

    @Test("One beyond the limit is answered 503 and closed, and served again when there is room")
    func limit() async {
        await withServer { server in
            server.http.limits.connections = 3
            let clients = (0..<3).map { _ in server.connect() }
            for client in clients {
                client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until("\r\n\r\n")
            }
            #expect(server.http.connectionCount == 3)
            let fourth = server.connect()
            fourth.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await fourth.untilClosed()
            #expect(fourth.text == Self.refusal)
            #expect(!fourth.isBroken)
            #expect(!clients.contains { $0.hasEnded })
            clients[1].destroy()
            await server.turns()
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
            await server.turns()
            #expect(server.http.connectionCount == 2)
        }
    }

    @Test("A refused client that stays is ended after two seconds")
    func staying() async {
        await withServer(clock: ManualClock()) { server in
            server.http.limits.connections = 0
            let client = server.connect(staysOpen: true)
            await client.untilEnd()
            #expect(client.text == Self.refusal)
            await server.pass(.milliseconds(1_900))
            #expect(server.http.state.refusedCount == 1)
            await server.pass(.milliseconds(200))
            #expect(server.http.state.refusedCount == 0)
        }
    }

    @Test("The program may answer it itself, as it answers other errors of clients")
    func ownAnswer() async {
        await withServer { server in
            server.http.limits.connections = 0
            server.http.onClientError = { error, response in
                #expect(response.request == nil)
                response.end("\(error.status) \(error.code)")
            }
            let client = server.connect()
            await client.untilClosed()
            #expect(client.text.hasPrefix("HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"))
            #expect(client.text.hasSuffix("\r\n\r\n503 ERR_HTTP_TOO_MANY_CONNECTIONS"))
            #expect(!client.isBroken)
        }
    }

    @Test("Of many refused clients only some are waited for, and all of them go")
    func many() async {
        await withServer { server in
            server.http.limits.connections = 0
            let clients = (0..<200).map { _ in server.connect() }
            for client in clients { client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n") }
            for client in clients { await client.untilClosed() }
            await server.turns()
            #expect(clients.filter { $0.text == Self.refusal }.count >= 32)
            #expect(server.http.connectionCount == 0)
            server.http.limits.connections = 1
            #expect(await server.exchange("GET / HTTP/1.0\r\n\r\n").hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }
}
