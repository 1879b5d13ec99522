import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("What is gathered of unfinished bodies is bounded for all connections together")
struct UnfinishedBodiesTests {
    private static let givenUp = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n"

    /// A server that answers how long a body was, with room for bodies of 1,001 bytes and for 2,500 of all under way.
    private func withSmallServer(_ body: @escaping @LoopActor (TestServer, Log) async -> Void) async {
        await withServer(clock: ManualClock()) { server in
            let log = Log()
            server.http.limits.body = 1_001
            server.http.limits.unfinishedBodies = 2_500
            server.onRequest = { request, response in
                request.collect { body in
                    switch body {
                    case .success(let bytes): response.end("\(bytes.count)")
                    case .failure(let error): log(error.code)
                    }
                }
            }
            await body(server, log)
        }
    }

    /// A client that has sent a body up to its last byte.
    @LoopActor
    private func begin(_ count: Int, _ server: TestServer, isChunked: Bool = false) async -> TestClient {
        let (client, kept) = (server.connect(), server.http.unfinished.bytes)
        let framing =
            isChunked
            ? "Transfer-Encoding: chunked\r\n\r\n\(String(count + 1, radix: 16))\r\n"
            : "Content-Length: \(count + 1)\r\n\r\n"
        client.send("POST / HTTP/1.1\r\nHost: x\r\n\(framing)\(String(repeating: "x", count: count))")
        while server.http.unfinished.bytes == kept { await server.turns(1) }
        return client
    }

    @Test("At the bound all go on; one byte beyond it the body that began first is given up, and no other")
    func oldest() async {
        await withSmallServer { server, log in
            let first = await begin(1_000, server)
            let others = [await begin(1_000, server, isChunked: true), await begin(500, server)]
            #expect(server.http.unfinished.bytes == 2_500 && first.text.isEmpty)

            let last = await begin(1, server)
            await first.untilClosed()
            #expect(first.text == Self.givenUp)
            #expect(log.lines == ["ECONNRESET"])
            #expect(server.http.unfinished.bytes == 1_501)
            for (client, end, count) in [(others[0], "x\r\n0\r\n\r\n", 1_001), (others[1], "x", 501), (last, "x", 2)] {
                client.send(end)
                await client.until("\r\n\r\n\(count)")
            }
            #expect(server.http.unfinished.bytes == 0)
        }
    }

    @Test("A body may be as long as one may be, though that is more than the bound")
    func one() async {
        await withSmallServer { server, _ in
            server.http.limits.unfinishedBodies = 10
            let first = await begin(1_000, server)
            first.send("x")
            await first.until("\r\n\r\n1001")
            let second = await begin(1_000, server)
            let third = await begin(2, server)
            await second.untilClosed()
            #expect(second.text == Self.givenUp)
            third.send("x")
            await third.until("\r\n\r\n3")
        }
    }

    @Test("A large part pushes out some small ones, and the next part goes on with them")
    func many() async {
        await withSmallServer { server, log in
            server.http.limits.unfinishedBodies = 1_001
            for _ in 0..<20 { _ = await begin(1, server) }
            let large = await begin(1_000, server)
            #expect(server.http.unfinished.bytes == 1_004)
            let small = await begin(1, server)
            #expect(server.http.unfinished.bytes == 1_001)
            while log.lines.count < 20 { await server.turns(1) }
            large.send("x")
            await large.until("\r\n\r\n1001")
            small.send("x")
            await small.until("\r\n\r\n2")
        }
    }

    @Test("What ends before its body does, counts no more", arguments: ["left", "too long", "too large", "too slow"])
    func ends(how: String) async {
        await withSmallServer { server, _ in
            if how == "too large" {
                server.onRequest = { request, response in
                    request.collect(upTo: 700) { body in response.end("\((try? body.get().count) ?? 0)") }
                }
            }
            let client = await begin(600, server, isChunked: true)
            switch how {
            case "left": client.destroy()
            case "too long": client.send("x\r\n500\r\n")
            case "too large": client.send("x\r\n64\r\n\(String(repeating: "x", count: 100))")
            default: await server.pass(.seconds(25))
            }
            while server.http.unfinished.bytes > 0 { await server.turns(1) }
        }
    }

    @Test("A body that a program reads as it comes is not gathered, and has no bound but its own")
    func streamed() async {
        await withSmallServer { server, _ in
            server.http.limits.unfinishedBodies = 0
            server.http.limits.body = 100_000
            server.onRequest = { request, response in
                var count = 0
                request.onData = { count += $0.count }
                request.onEnd = { response.end("\(count)") }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n")
            for _ in 0..<90 {
                client.send(String(repeating: "x", count: 1_000))
                await server.turns()
                #expect(server.http.unfinished.bytes == 0)
            }
            await client.until("\r\n\r\n90000")
        }
    }

    @Test("A program that has paused the body that it has gathered gives it up as well")
    func paused() async {
        await withSmallServer { server, log in
            let handler = server.onRequest
            server.onRequest = { request, response in
                try handler(request, response)
                if log.lines.isEmpty {
                    log("paused")
                    server.loop.setImmediate { server.loop.setImmediate { request.pause() } }
                }
            }
            let first = await begin(1_000, server)
            await server.turns()
            let others = [await begin(1_000, server), await begin(501, server)]
            await first.untilClosed()
            #expect(first.text == Self.givenUp)
            for (client, count) in zip(others, [1_001, 502]) {
                client.send("x")
                await client.until("\r\n\r\n\(count)")
            }
        }
    }
}
