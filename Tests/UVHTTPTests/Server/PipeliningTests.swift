import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Several requests on one connection")
struct PipeliningTests {
    static func get(_ path: String, _ fields: String = "") -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
    }

    /// The paths that answers have for a body, in the order in which they came.
    static func bodies(in text: String) -> String {
        text.split(separator: "\r\n\r\n").dropFirst().map { $0.split(separator: "HTTP/1.1")[0] }.joined(separator: " ")
    }

    @Test("Behind a handler that ends the program no other one is called")
    func exit() async {
        nonisolated(unsafe) var asked: [String] = []
        let code = await withLoop { loop in
            let server = HTTPServer { request, _ in
                asked.append(request.url)
                loop.exit(3)
            }
            server.listen(port: 0) {
                let client = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
                client.write(Self.get("/1") + Self.get("/2"))
            }
        }
        #expect(code == 3 && asked == ["/1"])
    }

    @Test("Requests are handled at once and answered in their order: Node's exercise 33")
    func exercise33() async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, response in
                log("request \(request.url)")
                response.onFinish = { log("finish \(request.url)") }
                response.onClose = { log("res close \(request.url)") }
                let send = {
                    log("end() called \(request.url) writableFinished \(response.isFinished)")
                    response.end(request.url)
                }
                if request.url == "/slow" { EventLoop.current.setTimeout(.milliseconds(30), send) } else { send() }
            }
            let client = server.connect()
            client.send(Self.get("/slow") + Self.get("/fast") + Self.get("/last", "Connection: close\r\n"))
            await client.untilEnd()
            log("bodies in wire order: \(Self.bodies(in: client.text))")
        }
        #expect(
            log.lines == [
                "request /slow",
                "request /fast",
                "end() called /fast writableFinished false",
                "request /last",
                "end() called /last writableFinished false",
                "end() called /slow writableFinished false",
                "finish /slow",
                "res close /slow",
                "finish /fast",
                "res close /fast",
                "finish /last",
                "res close /last",
                "bodies in wire order: /slow /fast /last",
            ])
    }

    /// When a handler answers.
    enum Moment: CaseIterable {
        case atOnce, inTick, inMicrotask, inImmediate, inTimeout, inTask
    }

    @Test(
        "A thousand requests in one write are answered in order, whenever handlers answer", arguments: Moment.allCases)
    func thousand(_ moment: Moment) async {
        await withServer { server in
            server.onRequest = { request, response in
                let loop = EventLoop.current
                let answer = { response.end(request.url) }
                switch moment {
                case .atOnce: answer()
                case .inTick: loop.nextTick(answer)
                case .inMicrotask: loop.queueMicrotask(answer)
                case .inImmediate: loop.setImmediate(answer)
                case .inTimeout: loop.setTimeout(.milliseconds(1), answer)
                case .inTask:
                    loop.spawn {
                        await loop.nextTurn()
                        answer()
                    }
                }
            }
            let client = server.connect()
            let paths = (1...1_000).map { "/\($0)" }
            client.send(
                paths.dropLast().map { Self.get($0) }.joined() + Self.get("/1000", "Connection: close\r\n"))
            await client.untilEnd()
            #expect(Self.bodies(in: client.text) == paths.joined(separator: " "))
        }
    }

    @Test("Answers given in the reverse order leave in the order of the requests, with their bodies whole")
    func reversed() async {
        await withServer { server in
            server.onRequest = { request, response in
                let number = Int(request.url.dropFirst()) ?? 0
                response.write("<\(number)")
                EventLoop.current.setTimeout(.milliseconds(11 - Int64(number))) {
                    response.write(":")
                    EventLoop.current.setImmediate { response.end("\(number)>") }
                }
            }
            let client = server.connect()
            client.send((1...9).map { Self.get("/\($0)") }.joined() + Self.get("/10", "Connection: close\r\n"))
            await client.untilEnd()
            let pieces = client.text.split(separator: "\r\n").filter {
                "<:0123456789>".contains($0.last ?? " ") && $0.count > 1 || $0 == ":"
            }
            #expect(
                pieces.filter { $0.first == "<" || $0 == ":" || $0.last == ">" }.joined()
                    == (1...10).map { "<\($0):\($0)>" }.joined())
        }
    }

    @Test("No more than 64 requests are unanswered at a time")
    func unanswered() async {
        await withServer { server in
            var waiting: [ServerResponse] = []
            var most = 0
            server.onRequest = { request, response in
                waiting.append(response)
                most = max(most, waiting.count)
            }
            let client = server.connect()
            client.send(String(repeating: Self.get("/"), count: 1_000))
            await server.turns(10)
            #expect(waiting.count == 64)
            var answered = 0
            while answered < 1_000 {
                try #require(!waiting.isEmpty)
                waiting.removeFirst().end("\(answered)")
                answered += 1
                if answered % 7 == 0 { await server.turns(3) }
                if waiting.isEmpty { await server.turns() }
            }
            #expect(most == 64)
        }
    }

    @Test("A client that does not read its answers is read no further")
    func unreadAnswers() async {
        await withServer { server in
            var requests = 0
            server.onRequest = { _, response in
                requests += 1
                response.end([UInt8](repeating: 120, count: 100_000))
            }
            let client = server.connect(staysOpen: true)
            client.pause()
            client.send(String(repeating: Self.get("/"), count: 300))
            await server.turns(50)
            // The buffers of the system take some answers.
            #expect(requests < 200)
            let before = requests
            await server.turns(50)
            #expect(requests == before)
            client.resume()
            await client.until(count: 30_000_000)
            #expect(requests == 300)
        }
    }

    @Test("A request behind one that closes the connection is not handled")
    func behindClose() async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, response in
                log(request.url)
                EventLoop.current.setImmediate { response.end(request.url) }
            }
            let answer = await server.exchange(Self.get("/1", "Connection: close\r\n") + Self.get("/2"))
            #expect(Self.bodies(in: answer) == "/1")
        }
        #expect(log.lines == ["/1"])
    }

    @Test("A request behind a body that closes the connection is not handled")
    func behindClosingBody() async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, response in
                log(request.url)
                request.collect { body in
                    EventLoop.current.setImmediate { response.end("\(try body.get().count)") }
                }
            }
            let answer = await server.exchange(
                "POST /1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc" + Self.get("/2"))
            #expect(Self.bodies(in: answer) == "3")
        }
        #expect(log.lines == ["/1"])
    }

    @Test("What a client sends behind its last request does not pile up while the answer is waited for")
    func floodBehindClose() async {
        await withServer { server in
            var answer = {}
            server.onRequest = { _, response in
                answer = { response.end("answer") }
            }
            let client = server.connect()
            client.send(Self.get("/", "Connection: close\r\n"))
            client.send([UInt8](repeating: 120, count: 32 << 20))
            await server.turns(50)
            #expect(client.unsent > 8 << 20)
            answer()
            await client.until("answer")
            #expect(client.text.hasSuffix("\r\n\r\nanswer"))
        }
    }

    @Test("An answer that closes the connection is the last, whatever waits behind it")
    func closingAnswer() async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, response in
                log("request \(request.url)")
                response.onFinish = { log("finish \(request.url)") }
                response.onClose = { log("close \(request.url)") }
                EventLoop.current.setImmediate {
                    response.keepsConnection = request.url != "/1"
                    response.end(request.url)
                }
            }
            let answer = await server.exchange(Self.get("/1") + Self.get("/2"))
            #expect(Self.bodies(in: answer) == "/1")
            await server.turns()
        }
        #expect(log.lines == ["request /1", "request /2", "finish /1", "close /1", "close /2"])
    }
}
