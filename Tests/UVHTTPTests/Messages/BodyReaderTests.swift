import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Bodies that are read whole, or chunk by chunk")
struct BodyReaderTests {
    private static func post(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    @Test("body() gives the whole body", arguments: ["", "a", String(repeating: "x", count: 200_000)])
    func body(_ text: String) async {
        await withServer { server in
            let server2 = HTTPServer { (request: IncomingMessage, response: ServerResponse) async throws in
                response.end(try await request.body())
            }
            server.onRequest = server2.handler
            let client = server.connect()
            client.send(Self.post(text))
            await client.until("\r\n\r\n" + text)
            #expect(client.text.hasSuffix("\r\n\r\n" + text))
        }
    }

    @Test("body(upTo:) throws beyond its limit", arguments: [5, 6])
    func limitedBody(size: Int) async {
        await withServer { server in
            server.onRequest = Self.task { request, response in
                do throws(HTTPBodyError) {
                    response.end("\(try await request.body(upTo: 5).count)")
                } catch {
                    response.end("\(error)")
                }
            }
            let client = server.connect()
            for _ in 1...2 {
                client.send(Self.post(String(repeating: "x", count: size)))
                await server.turns()
            }
            #expect(client.text.split(separator: "\r\n\r\n").last == (size > 5 ? "tooLarge" : "5"))
            #expect(!client.hasEnded)
        }
    }

    @Test("A body can be read once: the second reader is told so")
    func twice() async {
        await withServer { server in
            let log = Log()
            server.onRequest = Self.task { request, response in
                request.collect { body in log("first \(try body.get().count)") }
                request.collect { log("at once \($0)") }
                await server.turns()
                request.collect { log("afterwards \($0)") }
                do throws(HTTPBodyError) {
                    for try await _ in request.chunks { log("chunk") }
                } catch {
                    log("chunks \(error)")
                }
                await server.turns(1)
                response.end("ok")
                await server.turns(1)
                request.collect { log("at the end \($0)") }
            }
            let client = server.connect()
            client.send(Self.post("abc"))
            await client.until("ok")
            await server.turns()
            #expect(
                log.lines == [
                    "at once failure(UVHTTP.HTTPBodyError.alreadyRead)", "first 3",
                    "chunks alreadyRead", "afterwards failure(UVHTTP.HTTPBodyError.alreadyRead)",
                    "at the end failure(UVHTTP.HTTPBodyError.alreadyRead)",
                ])
        }
    }

    /// When a program begins to listen for the close of a body that it has collected.
    enum Moment: CaseIterable {
        case before, during, inTick, later
    }

    @Test("The close of a body that was collected is heard, whenever one begins to listen", arguments: Moment.allCases)
    func closeBehindCollector(_ moment: Moment) async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                let listen = { request.onClose = { log("closed") } }
                if moment == .before { listen() }
                request.collect { body in
                    log("\(try body.get().count)")
                    if moment == .during { listen() }
                    response.end("ok")
                    if moment == .inTick { server.loop.nextTick(listen) }
                    if moment == .later { server.loop.setImmediate(listen) }
                }
            }
            let client = server.connect()
            client.send(Self.post("abc"))
            await client.until("ok")
            await server.turns()
            #expect(log.lines == ["3", "closed"])
        }
    }

    @Test("A body that was answered before it had a reader gives none a part of it: each is told that it was read")
    func readerBehindAnswer() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                request.onEnd = { log("end") }
                response.end("ok")
                server.loop.setImmediate {
                    request.onData = { log("data \($0.count)") }
                    request.collect { log("collect \($0)") }
                }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc")
            await client.until("ok")
            await server.turns()
            client.send("def")
            await server.turns()
            #expect(log.lines == ["collect failure(UVHTTP.HTTPBodyError.alreadyRead)", "end"])
        }
    }

    @Test("chunks are the body in order, and while nobody waits for the next one the client is held up")
    func chunks() async {
        await withServer { server in
            server.http.limits.body = 64 << 20
            let log = Log()
            var goOn: UnsafeContinuation<Void, Never>?
            server.onRequest = Self.task { request, response in
                var received = 0
                for try await chunk in request.chunks {
                    if received == 0 { await withUnsafeContinuation { goOn = $0 } }
                    if chunk.first != 120 || chunk.last != 120 { log("wrong byte") }
                    received += chunk.count
                }
                response.end("\(received)")
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000000\r\n\r\n")
            client.send([UInt8](repeating: 120, count: 20_000_000))
            await server.turns(100)
            #expect(client.unsent > 10_000_000)
            goOn?.resume()
            await client.until("20000000")
            #expect(client.text.hasSuffix("\r\n\r\n20000000"))
            #expect(log.lines.isEmpty)
        }
    }

    @Test("A handler that leaves chunks early can answer, and the connection goes on")
    func breaking() async {
        await withServer { server in
            server.onRequest = Self.task { request, response in
                for try await _ in request.chunks { break }
                response.end("enough")
            }
            let client = server.connect()
            for _ in 1...3 {
                client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
                await server.turns()
                client.send("1\r\nb\r\n0\r\n\r\n")
                await server.turns()
            }
            #expect(client.text.split(separator: "enough").count == 3)
            #expect(!client.hasEnded)
        }
    }

    /// What a task waits for when its client goes.
    enum Wait: CaseIterable {
        case body, chunks, somethingElse
    }

    @Test("A task that waits for a body is told that the client has gone", arguments: Wait.allCases)
    func abort(_ wait: Wait) async {
        await withServer { server in
            let log = Log()
            server.onRequest = Self.task { request, response in
                do throws(HTTPBodyError) {
                    switch wait {
                    case .body: _ = try await request.body()
                    case .chunks: for try await chunk in request.chunks { log("\(chunk.count)") }
                    case .somethingElse:
                        await server.turns(20)
                        _ = try await request.body()
                    }
                } catch {
                    log("\(error)")
                }
                response.end("too late")
                log("done")
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            await server.turns()
            client.destroy()
            await server.turns(30)
            #expect(log.lines == (wait == .chunks ? ["3", "aborted", "done"] : ["aborted", "done"]))
        }
    }

    @LoopActor
    private static func task(_ handler: @escaping HTTPServer.AsyncHandler) -> HTTPServer.Handler {
        { request, response in response.answer(request, by: handler) }
    }
}
