import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("What a connection may use of a turn")
struct TurnTests {
    private static func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n" }

    /// Which requests were begun in which turn of the loop.
    @LoopActor
    private final class Turns {
        private(set) var begun: [UInt64: [String]] = [:]
        var order: [[String]] { begun.sorted { $0.key < $1.key }.map(\.value) }
        func note(_ request: IncomingMessage, on loop: EventLoop) {
            begun[loop.iteration, default: []].append(request.url)
        }
    }

    @Test("Sixteen pipelined requests are begun in one turn, a seventeenth in the next", arguments: [16, 17, 100])
    func requests(_ count: Int) async {
        await withServer(clock: ManualClock()) { server in
            let turns = Turns()
            server.onRequest = { request, response in
                turns.note(request, on: server.loop)
                response.end(request.url)
            }
            let client = server.connect()
            client.send((1...count).map { Self.get("/\($0)") }.joined())
            await client.until("\r\n\r\n/\(count)")
            #expect(turns.order.map(\.count).max() == min(count, 16))
            #expect(turns.order.count == (count + 15) / 16)
            #expect(turns.order.flatMap { $0 } == (1...count).map { "/\($0)" })
        }
    }

    @Test("A request that takes the time of a turn is its last", arguments: [(1, 2), (2, 1), (5, 1)])
    func time(milliseconds: Int, inATurn: Int) async {
        let clock = ManualClock()
        await withServer(clock: clock) { server in
            let turns = Turns()
            server.onRequest = { request, response in
                turns.note(request, on: server.loop)
                clock.advance(by: .milliseconds(milliseconds))
                response.end(request.url)
            }
            let client = server.connect()
            client.send((1...6).map { Self.get("/\($0)") }.joined())
            await client.until("\r\n\r\n/6")
            #expect(turns.order.map(\.count) == Array(repeating: inATurn, count: 6 / inATurn))
        }
    }

    @Test("Connections that have to wait go on in turn, and a new client is served between them")
    func inTurn() async {
        let clock = ManualClock()
        await withServer(clock: clock) { server in
            let turns = Turns()
            server.http.limits.waitingTimePerTurn = .milliseconds(4)
            server.onRequest = { request, response in
                turns.note(request, on: server.loop)
                clock.advance(by: .milliseconds(2))
                response.end(request.url)
            }
            let clients = (0..<6).map { _ in server.connect() }
            await server.turns()
            for (index, client) in clients.enumerated() {
                client.send((1...5).map { Self.get("/\(index)/\($0)") }.joined())
            }
            await clients[5].until("\r\n\r\n/5/1")
            let late = server.connect()
            late.send(Self.get("/late"))
            await clients[5].until("\r\n\r\n/5/5")
            let all = turns.order.flatMap { $0 }
            #expect(all.count == 31)
            #expect((all.firstIndex(of: "/late") ?? .max) < 20)
            // Each has had its k-th turn before any has its (k + 1)-th.
            for round in 2...5 {
                let last = (0..<6).compactMap { all.firstIndex(of: "/\($0)/\(round - 1)") }.max() ?? .max
                let first = (0..<6).compactMap { all.firstIndex(of: "/\($0)/\(round)") }.min() ?? 0
                #expect(last < first, "\(all)")
            }
        }
    }

    @Test("A client that has ended its side behind its requests gets all answers", arguments: [false, true])
    func ended(allowsHalfOpen: Bool) async {
        await withServer { server in
            server.http.allowsHalfOpen = allowsHalfOpen
            server.onRequest = { request, response in response.end(request.url) }
            let client = server.connect(staysOpen: true)
            client.send((1...50).map { Self.get("/\($0)") }.joined())
            client.end()
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\n/50"))
        }
    }

    @Test("A server that closes answers what has arrived, however many turns that takes")
    func closing() async {
        await withServer { server in
            server.onRequest = { request, response in
                if request.url == "/1" { server.http.close() }
                response.end(request.url)
            }
            let client = server.connect()
            client.send((1...50).map { Self.get("/\($0)") }.joined())
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\n/50"))
        }
    }

    @Test("Connections whose time is up together are ended over several turns, and each is told why")
    func ends() async {
        await withServer(clock: ManualClock()) { server in
            // A turn that has no time for them still ends one of them.
            server.http.limits.waitingTimePerTurn = .zero
            let log = Log()
            var turns: Set<UInt64> = []
            server.http.onClientError = { error, _ in
                turns.insert(server.loop.iteration)
                log("\(error.status)")
            }
            let clients = (1...5).map { _ in server.connect() }
            for client in clients { client.send("GET / HTTP/1.1\r\n") }
            await server.pass(.seconds(66))
            for client in clients { await client.untilEnd() }
            #expect(log.lines == Array(repeating: "408", count: 5))
            #expect(turns.count == 5)
            #expect(server.http.connectionCount == 0)
        }
    }

    @Test("A connection that leaves while those before it are ended is not looked at, and the others are")
    func leaves() async {
        await withServer(clock: ManualClock()) { server in
            server.http.limits.waitingTimePerTurn = .zero
            let log = Log()
            let clients = (1...4).map { _ in server.connect() }
            for client in clients { client.send("GET / HTTP/1.1\r\n") }
            server.http.onClientError = { error, _ in
                log("\(error.status)")
                if log.lines.count == 1 { clients[1].reset() }
            }
            await server.pass(.seconds(66))
            #expect(log.lines == ["408", "408", "408"])
            #expect(server.http.connectionCount == 0)
        }
    }
}
