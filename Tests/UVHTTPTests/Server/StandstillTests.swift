import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("A loop that has stood still")
struct StandstillTests {
    private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

    @Test(
        "Requests that have arrived meanwhile are answered, and nothing is closed",
        arguments: [6, 66, 600].map { Duration.seconds($0) })
    func requests(_ time: Duration) async {
        let clock = ManualClock()
        await withServer(clock: clock) { server in
            server.onRequest = { request, response in
                if request.url == "/long" { clock.advance(by: time) }
                response.end(request.url)
            }
            let clients = (0..<20).map { _ in server.connect() }
            for client in clients {
                client.send(Self.get("/1"))
                await client.until("\r\n\r\n/1")
            }
            await server.pass(.milliseconds(400), in: .milliseconds(100))
            // All of this is in the system's buffers when the long callback begins, half of a head, too.
            clients[0].send(Self.get("/long"))
            for client in clients[1..<10] { client.send(Self.get("/2")) }
            for client in clients[10...] { client.send("GET /2 HTTP/1.1\r\nHo") }
            await server.turns()
            await server.pass(.seconds(2))
            for client in clients[10...] { client.send("st: x\r\n\r\n") }
            for client in clients[1...] {
                await client.until("\r\n\r\n/2")
                #expect(client.text.hasSuffix("\r\n\r\n/2"))
            }
            #expect(clients[0].text.hasSuffix("\r\n\r\n/long"))
            #expect(!clients.contains { $0.hasEnded || $0.text.contains("408") })
            // And idle connections go, as ever.
            await server.pass(.seconds(8))
            for client in clients { await client.untilEnd() }
            #expect(clients.allSatisfy { $0.hasEnded })
        }
    }

    @Test("The client of a long answer has its whole idle time after it")
    func ownIdleTime() async {
        let clock = ManualClock()
        await withServer(clock: clock) { server in
            server.onRequest = { _, response in
                clock.advance(by: .seconds(30))
                response.end()
            }
            let client = server.connect()
            client.send(Self.get("/"))
            await client.until("\r\n\r\n")
            await server.pass(.milliseconds(5_500))
            #expect(!client.hasEnded)
            await server.pass(.milliseconds(1_000))
            await client.untilEnd()
            #expect(client.hasEnded)
        }
    }

    @Test("A body that comes steadily is not too slow because nothing was read for a while")
    func body() async {
        let clock = ManualClock()
        await withServer(clock: clock) { server in
            server.onRequest = { request, response in
                if request.url == "/long" {
                    clock.advance(by: .seconds(400))
                    return response.end()
                }
                request.collect { body in response.end("\(try body.get().count)") }
            }
            let (client, other) = (server.connect(), server.connect())
            client.send(
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n" + String(repeating: "x", count: 20_000))
            await server.pass(.seconds(11))
            other.send(Self.get("/long"))
            await other.until("\r\n\r\n")
            await server.pass(.seconds(1))
            client.send(String(repeating: "x", count: 20_000))
            await client.until("40000")
            #expect(client.text.hasSuffix("\r\n\r\n40000"))
        }
    }
}
