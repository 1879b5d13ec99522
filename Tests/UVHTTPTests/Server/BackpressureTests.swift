import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Nobody is sent, or made to keep, more than he takes")
struct BackpressureTests {
    @Test("A slow reader of 100 MB costs the high-water mark and one piece", arguments: [false, true])
    func slowReader(isChunked: Bool) async {
        await withServer { server in
            let piece = [UInt8](repeating: 120, count: 50_000)
            let pieces = 2_000
            var most = 0
            server.onRequest = { request, response in
                let socket = try #require(server.http.state.connections.first?.socket)
                if !isChunked { response.setHeader(.contentLength, "\(piece.count * pieces)") }
                var written = 0
                let send = {
                    var mayGoOn = true
                    while written < pieces, mayGoOn {
                        mayGoOn = response.write(piece)
                        written += 1
                        most = max(most, socket.writableLength)
                    }
                    if written == pieces { response.end() }
                }
                response.onDrain = send
                send()
            }
            let client = server.connect()
            client.keepsBytes = false
            client.pause()
            client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await server.turns(20)
            #expect(client.count == 0)
            client.resume()
            await client.untilEnd()
            #expect(client.count >= piece.count * pieces)
            #expect(most <= 16_384 + piece.count + 200)
        }
    }

    @Test("While an answer waits for its turn, write tells its handler to stop, and onDrain to go on")
    func waitingAnswer() async {
        await withServer { server in
            let log = Log()
            var answer = {}
            server.onRequest = { request, response in
                if request.url == "/1" { return answer = { response.end("first") } }
                log("\(response.write([UInt8](repeating: 120, count: 10_000)))")
                log("\(response.write([UInt8](repeating: 120, count: 10_000)))")
                response.onDrain = {
                    log("drain")
                    response.end("second")
                }
            }
            let client = server.connect()
            client.send(
                "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await server.turns()
            #expect(log.lines == ["true", "false"])
            answer()
            await client.untilEnd()
            #expect(log.lines == ["true", "false", "drain"])
            #expect(client.text.hasSuffix("6\r\nsecond\r\n0\r\n\r\n"))
        }
    }

    @Test("A reader that pauses holds the sender up, and gets everything when it goes on")
    func pausedBody() async {
        await withServer { server in
            server.http.limits.body = 64 << 20
            var received = 0
            var resume = {}
            server.onRequest = { request, response in
                request.onBytes = { bytes in
                    if received == 0 { request.pause() }
                    received += bytes.byteCount
                }
                request.onEnd = { response.end("\(received)") }
                resume = request.resume
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 32000000\r\n\r\n")
            client.send([UInt8](repeating: 120, count: 32_000_000))
            await server.turns(100)
            #expect(received <= 65_536)
            #expect(client.unsent > 16_000_000)
            resume()
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\n32000000"))
        }
    }

    /// What a reader does at each piece.
    enum Manner: CaseIterable {
        case pauseThenTick, pauseThenImmediate, pauseAndResume, pauseTickPauseTick, pauseInTick
    }

    @Test("A reader may pause and go on at any time", arguments: Manner.allCases)
    func manners(_ manner: Manner) async {
        await withServer { server in
            let loop = server.loop
            server.onRequest = { request, response in
                var received = 0
                request.onData = { bytes in
                    received += bytes.count
                    switch manner {
                    case .pauseThenTick:
                        request.pause()
                        loop.nextTick { request.resume() }
                    case .pauseThenImmediate:
                        request.pause()
                        loop.setImmediate { request.resume() }
                    case .pauseAndResume:
                        request.pause()
                        request.resume()
                    case .pauseTickPauseTick:
                        request.pause()
                        loop.nextTick {
                            request.resume()
                            request.pause()
                            loop.nextTick { request.resume() }
                        }
                    case .pauseInTick:
                        loop.nextTick {
                            request.pause()
                            loop.setImmediate { request.resume() }
                        }
                    }
                }
                request.onEnd = { response.end("\(received) ") }
            }
            let client = server.connect()
            let chunks = (1...200).map { String($0, radix: 16) + "\r\n" + String(repeating: "x", count: $0) + "\r\n" }
            for _ in 1...3 {
                client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
                client.send(chunks.joined() + "0\r\n\r\n")
            }
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc")
            await client.untilEnd()
            let counts = client.text.split(separator: "\r\n\r\n").dropFirst().map { $0.prefix { $0 != " " } }
            #expect(counts == ["20100", "20100", "20100", "3"])
        }
    }

    @Test("A reader that comes late gets the whole body", arguments: [0, 1, 5])
    func lateReader(turns: Int) async {
        await withServer { server in
            var read = {}
            server.onRequest = { request, response in
                read = { request.collect { body in response.end(try body.get()) } }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\nabc")
            await server.turns(turns + 2)
            client.send("def")
            await server.turns(turns)
            read()
            await client.untilEnd()
            #expect(client.text.hasSuffix("\r\n\r\nabcdef"))
        }
    }

    @Test("An echo in pieces, as large as you like, holds both sides in balance")
    func echo() async {
        await withServer { server in
            server.http.limits.body = 64 << 20
            server.onRequest = { request, response in
                response.onDrain = { request.resume() }
                request.onBytes = { bytes in
                    if !response.write(bytes) { request.pause() }
                }
                request.onEnd = { response.end() }
            }
            let client = server.connect()
            client.keepsBytes = false
            client.pause()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20000000\r\n\r\n")
            client.send([UInt8](repeating: 120, count: 20_000_000))
            await server.turns(100)
            #expect(client.unsent > 1_000_000)
            client.resume()
            await client.untilEnd()
            #expect(client.count > 20_000_000)
        }
    }
}
