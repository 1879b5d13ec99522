import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Bodies of requests")
struct RequestBodyTests {
    private static let empty = [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ]

    @Test("The end of an empty body is told, whichever callback is set first and when", arguments: empty, 0..<6)
    func emptyBody(_ bytes: String, _ order: Int) async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                let end = {
                    log("end")
                    response.end("ok")
                }
                switch order {
                case 0: request.onEnd = end
                case 1:
                    request.onEnd = end
                    request.onData = { _ in log("data") }
                case 2:
                    request.onData = { _ in log("data") }
                    request.onEnd = end
                case 3:
                    request.onData = { _ in log("data") }
                    server.loop.setImmediate { request.onEnd = end }
                case 4:
                    request.resume()
                    server.loop.nextTick { request.onEnd = end }
                default:
                    request.collect { body in
                        if try body.get().isEmpty { end() }
                    }
                }
            }
            let client = server.connect()
            client.send(bytes)
            // Without a reader the end is not reached.
            if order == 0 { return #expect(log.lines.isEmpty) }
            await client.until("ok")
            #expect(log.lines == ["end"])
        }
    }

    @Test("A body comes as arrays or as spans, and not as both")
    func pieces() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                request.onData = { log("array \(String(decoding: $0, as: UTF8.self))") }
                if request.url == "/span" { request.onBytes = { log("span \($0.byteCount)") } }
                request.onEnd = { response.end("ok") }
            }
            let client = server.connect()
            for path in ["/", "/span"] {
                client.send(
                    "POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"
                )
                await server.turns()
            }
            #expect(log.lines == ["array a", "array bc", "span 1", "span 2"])
        }
    }

    @Test("A reader that comes after resume() has thrown a part away can pause, and loses nothing from there on")
    func readerAfterResume() async {
        await withServer { server in
            let log = Log()
            var goOn = {}
            server.onRequest = { request, response in
                request.resume()
                goOn = {
                    request.onData = { log(String(decoding: $0, as: UTF8.self)) }
                    request.pause()
                    goOn = request.resume
                }
                request.onEnd = { response.end("ok") }
            }
            let client = server.connect()
            client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
            await server.turns()
            goOn()
            client.send("def")
            await server.turns()
            #expect(log.lines.isEmpty)
            goOn()
            client.send("ghi")
            await client.until("ok")
            #expect(log.lines.joined() == "defghi")
        }
    }

    @Test("Trailers are there at the end")
    func trailers() async {
        await withServer { server in
            server.onRequest = { request, response in
                request.collect { _ in response.end("\(request.trailers.map { "\($0.name.rawName)=\($0.value)" })") }
            }
            let client = server.connect()
            client.send(
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: 1\r\nx-a:  2 \r\n\r\n"
            )
            await client.until("]")
            #expect(client.text.hasSuffix(#"["X-A=1", "x-a=2"]"#))
        }
    }

    @Test("A trailer that may not come there fails the body, and is answered 400")
    func forbiddenTrailer() async {
        await withServer { server in
            let log = Log()
            server.http.onClientError = { error, _ in log(error.message) }
            server.onRequest = { request, response in request.collect { _ in response.end("read") } }
            let answer = await server.exchange(
                "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: 1\r\nHost: evil\r\n\r\n")
            #expect(answer == "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            #expect(log.lines == ["A trailer is a field that frames, routes or authorises, as only the head may."])
        }
    }
}
