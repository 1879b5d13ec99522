import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Calls that come too late to count")
struct MisuseTests {
    /// What a handler calls behind `write` and behind `end`, and how the warning names it; nil where none comes.
    enum Call: CaseIterable {
        case setHeader, appendHeader, removeHeader, writeHead, status, keepsConnection
        case writeContinue, writeProcessing, writeEarlyHints
        case write, end, emptyEnd, addTrailers

        @LoopActor
        func callAsFunction(_ response: ServerResponse) {
            switch self {
            case .setHeader: response.setHeader(.server, "x")
            case .appendHeader: response.appendHeader(.server, "x")
            case .removeHeader: response.removeHeader(.server)
            case .writeHead: response.writeHead(.notFound)
            case .status: response.status = .notFound
            case .keepsConnection: response.keepsConnection = false
            case .writeContinue: response.writeContinue()
            case .writeProcessing: response.writeProcessing()
            case .writeEarlyHints: response.writeEarlyHints([.server: "x"])
            case .write: response.write("x")
            case .end: response.end("x")
            case .emptyEnd: response.end()
            case .addTrailers: response.addTrailers([.server: "x"])
            }
        }

        func isTold(behindEnd: Bool) -> Bool {
            switch self {
            case .write, .end, .addTrailers: behindEnd
            case .emptyEnd: false
            default: true
            }
        }
    }

    @Test("They are told once, with method and path, and change nothing", arguments: Call.allCases, [false, true])
    func told(_ call: Call, behindEnd: Bool) async {
        await withServer { server in
            let log = Log()
            server.loop.onWarning = { warning in log(warning.message) }
            server.onRequest = { _, response in
                response.write("body")
                if behindEnd { response.end() }
                call(response)
                call(response)
                response.end()
            }
            let client = server.connect()
            client.send("GET /path HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await client.untilEnd()
            let isTold = call.isTold(behindEnd: behindEnd)
            // A second end("x") comes behind the first one.
            let isSecond = call == .end && !behindEnd
            #expect(log.lines.count == (isTold || isSecond ? 1 : 0))
            #expect(log.lines.allSatisfy { $0.hasPrefix("\(call) came after ") && $0.hasSuffix("(GET /path)") })
            #expect(client.text.hasPrefix("HTTP/1.1 200 OK"))
        }
    }

    @Test("Before the head and before the end they count, and nothing is told", arguments: Call.allCases)
    func inTime(_ call: Call) async {
        await withServer { server in
            let log = Log()
            server.loop.onWarning = { warning in log(warning.message) }
            server.onRequest = { _, response in
                call(response)
                response.end()
            }
            let client = server.connect()
            client.send("GET /path HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.untilHead()
            await server.turns()
            #expect(log.lines.isEmpty)
        }
    }

    @Test("An answer to a client's error that was begun and not ended is no late call")
    func clientError() async {
        await withServer { server in
            let log = Log()
            server.loop.onWarning = { warning in log(warning.message) }
            server.http.onClientError = { _, response in response.writeHead(.badRequest) }
            let client = server.connect()
            client.send("nonsense\r\n\r\n")
            await client.untilEnd()
            await server.turns()
            #expect(client.text.hasPrefix("HTTP/1.1 400 Bad Request"))
            #expect(log.lines.isEmpty)
        }
    }

    @Test("Nothing is told of a client that has left before it is answered")
    func left() async {
        await withServer { server in
            let log = Log()
            server.loop.onWarning = { warning in log(warning.message) }
            var answers: [() -> Void] = []
            server.onRequest = { _, response in
                answers.append {
                    response.setHeader(.server, "x")
                    response.write("x")
                    response.end("x")
                }
            }
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            client.destroy()
            await server.turns()
            for answer in answers { answer() }
            await server.turns()
            #expect(answers.count == 1)
            #expect(log.lines.isEmpty)
        }
    }
}
