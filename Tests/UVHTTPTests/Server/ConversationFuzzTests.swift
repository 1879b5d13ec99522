import LoopTesting
import SeededRandom
import Testing
import UVCore

@testable import UVHTTP

/// Conversations made up at random: each seed is one, the same every time.
@Suite("Conversations at random")
struct ConversationFuzzTests {
    /// One request that says in its path how it is to be answered.
    private struct Turn {
        let method: String
        let path: String
        let bytes: [UInt8]
        let answer: String
    }

    /// What the handler does: how it reads, when it answers, and how it writes.
    private enum Manner: Int, CaseIterable {
        case atOnce, inTick, inTask, inTimeout, inPieces, echo, echoPausing, echoInTask, ignore, large, early
    }

    private static func makeTurn(_ number: Int, _ random: inout SeededGenerator) -> Turn {
        let manner = Manner.allCases[random.next(below: Manner.allCases.count)]
        let path = "/\(number)/\(manner)"
        let body = String(repeating: "\(number),", count: random.next(below: 3) * random.next(below: 2_000))
        let echoes = [.echo, .echoPausing, .echoInTask].contains(manner)
        let answer = manner == .large ? String(repeating: path, count: 10_000) : echoes ? path + body : path
        var text = "POST \(path) HTTP/1.1\r\nHost: x\r\n"
        switch random.next(below: 3) {
        case 0:
            text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        case 1:
            let half = body.utf8.count / 2
            let pieces = [String(body.prefix(half)), String(body.dropFirst(half))].filter { !$0.isEmpty }
            let chunks = pieces.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }
            text += "Transfer-Encoding: chunked\r\n\r\n\(chunks.joined())0\r\n\r\n"
        default:
            return Turn(
                method: "GET", path: path, bytes: Array("GET \(path) HTTP/1.1\r\nHost: x\r\n\r\n".utf8),
                answer: echoes ? path : answer)
        }
        return Turn(method: "POST", path: path, bytes: Array(text.utf8), answer: answer)
    }

    @LoopActor
    private static func handle(_ request: IncomingMessage, _ response: ServerResponse) {
        let loop = EventLoop.current
        let path = request.path
        let end = { response.end(path) }
        switch Manner.allCases.first(where: { path.hasSuffix("/\($0)") }) ?? .atOnce {
        case .atOnce: end()
        case .inTick: loop.nextTick(end)
        case .inTask:
            loop.spawn {
                await loop.nextTurn()
                end()
            }
        case .inTimeout: loop.setTimeout(.milliseconds(2), end)
        case .inPieces:
            response.write(path.prefix(1).description)
            loop.setImmediate {
                response.write(path.dropFirst(1).description)
                loop.setTimeout(.milliseconds(1)) { response.end() }
            }
        case .echo:
            request.collect { body in response.end(Array(path.utf8) + (try body.get())) }
        case .echoPausing:
            response.write(path)
            response.onDrain = { request.resume() }
            request.onData = { bytes in
                if response.write(bytes) {
                    request.pause()
                    loop.setImmediate { request.resume() }
                } else {
                    request.pause()
                }
            }
            request.onEnd = { response.end() }
        case .echoInTask:
            response.answer(request) { request, response in
                response.write(path)
                for try await chunk in request.chunks { response.write(chunk) }
                response.end()
            }
        case .ignore: loop.setImmediate(end)
        case .large:
            var written = 0
            let send = {
                while written < 10_000 {
                    written += 100
                    if !response.write(String(repeating: path, count: 100)) { return }
                }
                response.end()
            }
            response.onDrain = send
            send()
        case .early:
            end()
            request.onData = { _ in request.pause() }
        }
    }

    @Test(
        "Every request is answered, in order and whole, however bytes come and whatever handlers do", arguments: 0..<25)
    func conversations(seed: UInt64) async {
        await withServer { server in
            server.http.allowsHalfOpen = true
            var random = SeededGenerator(seed: seed)
            server.onRequest = Self.handle
            let turns = (0..<40).map { Self.makeTurn($0, &random) }
            let bytes = turns.flatMap(\.bytes)
            let client = server.connect(staysOpen: true)
            var sent = 0
            while sent < bytes.count {
                let count = min(bytes.count - sent, 1 + random.next(below: random.next(below: 3) == 0 ? 10 : 20_000))
                client.send(Array(bytes[sent..<sent + count]))
                sent += count
                if random.next(below: 3) == 0 { client.pause() }
                await server.turns(random.next(below: 4))
                if random.next(below: 2) == 0 { client.resume() }
            }
            if random.next(below: 2) == 0 { client.end() }
            client.resume()
            let expected = turns.map { $0.path + " " + $0.answer }
            while !client.isClosed, Self.answers(client, to: turns).count < turns.count { await server.turns() }
            #expect(Self.answers(client, to: turns) == expected, "seed \(seed)")
        }
    }

    /// The complete answers that have come, each behind the path of its request.
    @LoopActor
    private static func answers(_ client: TestClient, to turns: [Turn]) -> [String] {
        var reader = WireReader(.response, limits: unlimited)
        reader.feed(client.bytes)
        return zip(turns, reader.messages.filter(\.isComplete)).map {
            $0.path + " " + String(decoding: $1.body, as: UTF8.self)
        }
    }

    private static let unlimited: HTTPLimits = {
        var limits = HTTPLimits()
        limits.body = .max
        return limits
    }()

    @Test(
        "Whatever is sent, the answers are well-formed, do not depend on how it comes, and leave nothing",
        arguments: 0..<8)
    func garbage(seed: UInt64) async {
        await withServer { server in
            server.http.onHandlerError = { _, _, response in response.fail() }
            server.onRequest = { request, response in
                request.collect { body in response.end(try body.get()) }
            }
            var mutator = Mutator(seed: seed, samples: Sample.all)
            for round in 0..<60 {
                let bytes = mutator.next()
                let cut = mutator.cut(of: bytes)
                let (whole, parts) = (server.connect(staysOpen: true), server.connect(staysOpen: true))
                whole.send(bytes)
                parts.send(Array(bytes[..<cut]))
                await server.turns()
                parts.send(Array(bytes[cut...]))
                for client in [whole, parts] {
                    client.end()
                    await client.untilClosed()
                }
                #expect(whole.text == parts.text, "seed \(seed), round \(round)")
                let reading = Reading(whole.bytes, .response, limits: Self.unlimited)
                #expect(reading.error == nil, "seed \(seed), round \(round)")
            }
            await server.turns()
            #expect(server.http.connectionCount == 0)
            let last = await server.exchange("GET / HTTP/1.0\r\n\r\n")
            #expect(last.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }
}
