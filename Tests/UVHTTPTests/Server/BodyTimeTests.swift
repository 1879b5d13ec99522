import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("The time of a body")
struct BodyTimeTests {
    private static let timeout = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"

    @Test("A whole request may take 300 seconds, however fast its body comes")
    func request() async {
        await withServer(clock: ManualClock()) { server in
            server.http.limits.bodyRate = 0
            server.onRequest = { request, response in request.collect { _ in response.end() } }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n")
            for _ in 0..<299 {
                await server.pass(.seconds(1), in: .seconds(1))
                client.send("x")
            }
            #expect(!client.hasEnded)
            await server.pass(.milliseconds(1_500))
            #expect(client.text == Self.timeout)
        }
    }

    /// Sends a body in pieces of `size` each half second for `time`, to a reader of a kind.
    @LoopActor
    private func upload(_ size: Int, for time: Int, to server: TestServer) async -> TestClient {
        let client = server.connect()
        client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        for _ in 0..<time * 2 {
            client.send([UInt8](repeating: 120, count: size))
            await server.pass(.milliseconds(500))
            if client.hasEnded { break }
        }
        return client
    }

    /// How a handler reads.
    enum Reader: CaseIterable {
        case collecting, pausingAtEachPiece, nobody
    }

    @LoopActor
    private func read(_ reader: Reader, _ server: TestServer) {
        server.onRequest = { request, response in
            switch reader {
            case .collecting:
                request.collect { _ in response.end() }
            case .pausingAtEachPiece:
                request.onData = { _ in
                    request.pause()
                    server.loop.nextTick { request.resume() }
                }
            case .nobody:
                response.end()
            }
        }
    }

    @Test("A body that brings a KiB a second goes on", arguments: Reader.allCases)
    func fastEnough(_ reader: Reader) async {
        await withServer(clock: ManualClock()) { server in
            self.read(reader, server)
            let client = await self.upload(520, for: 45, to: server)
            #expect(!client.hasEnded)
        }
    }

    @Test("A slower body has ten seconds for free, and ten more", arguments: Reader.allCases)
    func tooSlow(_ reader: Reader) async {
        await withServer(clock: ManualClock()) { server in
            self.read(reader, server)
            let first = await self.upload(500, for: 19, to: server)
            #expect(!first.hasEnded)
            let second = await self.upload(500, for: 22, to: server)
            await second.untilEnd()
            #expect(second.hasEnded)
            #expect(
                reader == .nobody ? second.text.hasSuffix("\r\nContent-Length: 0\r\n\r\n") : second.text == Self.timeout
            )
        }
    }

    @Test("While its reader holds a client up, time does not run against the client")
    func pausedReader() async {
        await withServer(clock: ManualClock()) { server in
            let log = Log()
            var resume = {}
            server.onRequest = { request, response in
                request.pause()
                request.onData = { _ in }
                request.onEnd = { response.end("done") }
                request.onError = { log("\($0)") }
                resume = request.resume
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
            client.send([UInt8](repeating: 120, count: 50_000))
            await server.pass(.seconds(400), in: .seconds(10))
            #expect(!client.hasEnded)
            resume()
            await server.pass(.seconds(5))
            #expect(!client.hasEnded)
            client.send([UInt8](repeating: 120, count: 50_000))
            await client.until("done")
            #expect(client.text.hasSuffix("\r\n\r\ndone"))
            #expect(log.lines.isEmpty)
        }
    }
}
