import HTTPTypes
import LoopTesting
import Testing
import UVCore

@testable import UVHTTP

@Suite("Requests and responses that are used again")
struct UsedMessagesTests {
    /// What a handler may keep.
    enum Kept: CaseIterable {
        case request, response, both
    }

    private static func post(_ path: String) -> String {
        "POST /\(path)?\(path) HTTP/1.1\r\nHost: \(path)\r\nX-Name: \(path)\r\nContent-Length: \(path.count)\r\n\r\n\(path)"
    }

    @Test("What the program keeps stays as it is, whatever comes later", arguments: Kept.allCases)
    func kept(_ kept: Kept) async {
        await withServer { server in
            var requests: [IncomingMessage] = []
            var responses: [ServerResponse] = []
            server.onRequest = { request, response in
                if kept != .response { requests.append(request) }
                if kept != .request { responses.append(response) }
                request[String.self] = request.query
                request.collect { body in
                    response.setHeader(.eTag, request.query ?? "")
                    response.end(try body.get())
                }
            }
            let names = ["one", "twice", "three-times", "4"]
            for client in [server.connect(), server.connect()] {
                for name in names {
                    client.send(Self.post(name))
                    await client.until("\r\n\r\n\(name)")
                    await server.turns(3)
                }
            }
            #expect(max(requests.count, responses.count) == 8)
            for (request, name) in zip(requests, names + names) {
                #expect(request.url == "/\(name)?\(name)" && request.authority == name)
                #expect(request.header(.named("X-Name")) == name && request[String.self] == name)
                #expect(request.isComplete && request.isClosed && !request.isAborted)
            }
            for (response, name) in zip(responses, names + names) {
                #expect(response.header(.eTag) == name && response.isFinished && response.bodyLength == name.count)
                #expect(response.request?.query == name)
            }
            #expect(Set(requests.map(ObjectIdentifier.init)).count == requests.count)
            #expect(Set(responses.map(ObjectIdentifier.init)).count == responses.count)
        }
    }

    @Test("What nothing keeps is used again, and nothing of it is left")
    func fresh() async {
        await withServer { server in
            var identities: Set<ObjectIdentifier> = []
            let log = Log()
            server.onRequest = { request, response in
                identities.insert(ObjectIdentifier(request))
                let isFirst = request.url == "/first"
                log("\(isFirst) \(request[Int.self] ?? 0) \(request.trailers.count) \(request.isComplete)")
                log("\(response.headerText) \(response.status.code) \(response.sendsDate) \(response.isEnded)")
                guard isFirst else { return response.end(request.url) }
                request[Int.self] = 7
                (request.onEnd, request.onClose) = ({ log("end") }, { log("close") })
                (response.onFinish, response.onClose) = ({ log("finish") }, { log("over") })
                response.status = .created
                response.sendsDate = false
                response.setHeader(.eTag, "1")
                response.addTrailers([.eTag: "2"])
                response.end("first")
                response.end("misused")
            }
            server.loop.onWarning = { _ in log("warning") }
            let client = server.connect()
            client.send("POST /first HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-T: v\r\n\r\n")
            await client.until("first")
            await server.turns(3)
            for index in 1...5 {
                client.send("GET /later\(index) HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until("/later\(index)")
                await server.turns(3)
            }
            #expect(identities.count <= 2)
            #expect(log.lines.filter { $0 == "false 0 0 true" }.count == 5)
            #expect(log.lines.filter { $0 == "- 200 true false" }.count == 6)
            for once in ["end", "close", "finish", "over", "warning"] {
                #expect(log.lines.filter { $0 == once }.count == 1, "\(once)")
            }
        }
    }

    @Test("A server without connections holds none")
    func idle() async {
        await withServer { server in
            weak var last: IncomingMessage?
            server.onRequest = { request, response in
                last = request
                response.end("ok")
            }
            let client = server.connect()
            client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await client.untilEnd()
            await server.turns(5)
            #expect(last == nil)
        }
    }
}

extension ServerResponse {
    /// The one field that is looked at.
    fileprivate var headerText: String { header(.eTag) ?? "-" }
}
