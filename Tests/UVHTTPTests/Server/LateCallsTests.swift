import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Calls at the end of an answer, and behind it")
struct LateCallsTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test("Callbacks that are set when all is over are called, too")
    func callbacksSetLate() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                response.end()
                response.onFinish = { log("finish") }
                response.onClose = { log("close") }
                request.onClose = { log("request close") }
            }
            let client = server.connect()
            client.send(Self.get)
            await client.until("\r\n\r\n")
            #expect(log.lines == ["finish", "close", "request close"])
        }
    }

    @Test("Ending twice, writing after the end, and answering when all is over are silent")
    func afterTheEnd() async {
        await withServer { server in
            server.onRequest = { request, response in
                let misuse = {
                    response.end("again")
                    response.write("after")
                    response.end()
                    response.writeHead(.notFound)
                    response.writeContinue()
                    response.writeEarlyHints([.server: "x"])
                    response.addTrailers([.server: "x"])
                    response.setHeader(.server, "x")
                    request.pause()
                    request.resume()
                }
                response.end("once")
                misuse()
                server.loop.nextTick(misuse)
                server.loop.setImmediate(misuse)
            }
            let client = server.connect()
            for _ in 1...2 {
                client.send(Self.get)
                await server.turns()
            }
            #expect(client.text.split(separator: "once").count == 2)
            #expect(!client.text.contains("again") && !client.text.contains("after"))
        }
    }

    @Test("Ending within onData, onEnd or onDrain leaves the connection in order")
    func endInCallbacks() async {
        await withServer { server in
            server.onRequest = { request, response in
                switch request.url {
                case "/data": request.onData = { _ in response.end("data ") }
                case "/end":
                    request.onEnd = { response.end("end ") }
                    request.resume()
                default:
                    response.onDrain = { response.end("drain ") }
                    response.write([UInt8](repeating: 120, count: 100_000))
                }
            }
            let client = server.connect()
            for path in ["/data", "/end", "/drain", "/data", "/end", "/data"] {
                client.send(
                    "POST \(path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n1\r\ny\r\n0\r\n\r\n"
                )
            }
            await server.turns(20)
            let answers = client.text.split(separator: " ").filter {
                $0.hasSuffix("data") || $0.hasSuffix("end") || $0.hasSuffix("drain")
            }
            #expect(
                answers.map { $0.split(separator: "\r\n").last } == ["data", "end", "drain", "data", "end", "data"])
        }
    }
}
