import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Connections that stay open, and those that do not")
struct KeepAliveTests {
    @Test("A connection carries one request after another")
    func keepAlive() async {
        await withServer { server in
            server.onRequest = { request, response in
                response.end(request.url)
            }
            let client = server.connect()
            for number in 1...100 {
                client.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
                await client.until("\r\n\r\n/\(number)")
                #expect(client.text.hasSuffix("\r\n\r\n/\(number)"))
            }
            #expect(server.http.connectionCount == 1)
            #expect(!client.hasEnded)
        }
    }

    /// Requests as HTTP/1.0 and 1.1 have them, with the fields of the answer, and whether the connection stays.
    struct Example: CustomTestStringConvertible {
        let request: String
        let fields: String
        let stays: Bool

        var testDescription: String { "\(request) \(fields)" }
    }

    @Test(
        "Who wants to keep the connection, and can, keeps it",
        arguments: [
            Example(request: "GET / HTTP/1.1 | Host: x", fields: "", stays: true),
            Example(request: "GET / HTTP/1.1 | Host: x | Connection: close", fields: "", stays: false),
            Example(request: "GET / HTTP/1.1 | Host: x | Connection: CLOSE, x", fields: "", stays: false),
            Example(request: "GET / HTTP/1.1 | Host: x", fields: "Connection: close", stays: false),
            Example(request: "GET / HTTP/1.0", fields: "", stays: false),
            Example(request: "GET / HTTP/1.0", fields: "Content-Length: 2", stays: false),
            Example(request: "GET / HTTP/1.0 | Connection: keep-alive", fields: "", stays: false),
            Example(request: "GET / HTTP/1.0 | Connection: keep-alive", fields: "Content-Length: 2", stays: true),
            Example(
                request: "GET / HTTP/1.0 | Connection: keep-alive", fields: "Transfer-Encoding: chunked", stays: false),
            Example(request: "HEAD / HTTP/1.0 | Connection: keep-alive", fields: "", stays: false),
        ])
    func persistence(_ example: Example) async {
        await withServer { server in
            server.onRequest = { _, response in
                if let colon = example.fields.firstIndex(of: ":"),
                    let name = HTTPField.Name(String(example.fields[..<colon]))
                {
                    response.setHeader(name, String(example.fields[colon...].dropFirst(2)))
                }
                response.end("ok")
            }
            let client = server.connect()
            client.send(example.request.replacing(" | ", with: "\r\n") + "\r\n\r\n")
            await server.turns()
            #expect(client.hasEnded != example.stays)
            #expect(client.text.contains(example.stays ? "Connection: keep-alive\r\n" : "Connection: close\r\n"))
            #expect(!example.request.contains("1.0") || !client.text.contains("chunked"))
            #expect(client.text.hasSuffix(example.request.hasPrefix("HEAD") ? "\r\n\r\n" : "\r\n\r\nok"))
        }
    }

    @Test("An empty line or two before a request is skipped")
    func emptyLines() async {
        await withServer { server in
            server.onRequest = { request, response in
                response.end(request.url)
            }
            let answer = await server.exchange(
                "\r\nGET /1 HTTP/1.1\r\nHost: x\r\n\r\n\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(answer.contains("\r\n\r\n/1HTTP/1.1 200 OK"))
            #expect(answer.hasSuffix("\r\n\r\n/2"))
        }
    }

    @Test("The rest of a body that nobody has read does not become a request")
    func unreadBody() async {
        let log = Log()
        await withServer { server in
            server.onRequest = { request, response in
                log("\(request.method) \(request.url)")
                response.end(request.url)
            }
            let client = server.connect()
            client.send("POST /1 HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nGET /evil HTTP/1.1\r\n")
            await client.until("/1")
            client.send("Host: evil\r\n\r\n012345")
            client.send("GET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until("/2")
            client.send("POST /3 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
            await client.until("/3")
            client.send("0\r\n\r\nGET /4 HTTP/1.1\r\nHost: x\r\n\r\n")
            await client.until("/4")
        }
        #expect(log.lines == ["POST /1", "GET /2", "POST /3", "GET /4"])
    }
}
