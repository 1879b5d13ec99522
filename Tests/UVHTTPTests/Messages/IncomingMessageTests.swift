import LoopTesting
import Testing
import UVCore
import UVHTTP

@Suite("Heads of requests")
struct IncomingMessageTests {
    /// What a handler sees of `request`.
    private func seen<Value: Sendable>(
        _ request: String, _ value: @escaping @LoopActor (IncomingMessage) -> Value
    ) async -> Value? {
        let box = Box<Value>()
        await withServer { server in
            server.onRequest = { request, response in
                box.value = value(request)
                response.end()
            }
            let client = server.connect()
            client.send(request)
            await client.until("\r\n\r\n")
        }
        return box.value
    }

    private final class Box<Value>: @unchecked Sendable {
        var value: Value?
    }

    @Test(
        "Method, target, path and query",
        arguments: [
            ("GET /", ["GET", "/", "/", "-"]),
            ("GET /a/b?c=d&e?f", ["GET", "/a/b?c=d&e?f", "/a/b", "c=d&e?f"]),
            ("GET /a?", ["GET", "/a?", "/a", ""]),
            ("GET /%41%2f", ["GET", "/%41%2f", "/%41%2f", "-"]),
            ("GET http://host:80/a?b", ["GET", "http://host:80/a?b", "/a", "b"]),
            ("GET http://host", ["GET", "http://host", "/", "-"]),
            ("GET http://host?b", ["GET", "http://host?b", "/", "b"]),
            ("OPTIONS *", ["OPTIONS", "*", "*", "-"]),
            ("M-SEARCH /", ["M-SEARCH", "/", "/", "-"]),
            ("DELETE //x", ["DELETE", "//x", "//x", "-"]),
        ])
    func target(line: String, expected: [String]) async {
        let seen = await seen("\(line) HTTP/1.1\r\nHost: x\r\n\r\n") { request in
            [request.method.rawValue, request.url, request.path, request.query.text ?? "-"]
        }
        #expect(seen == expected)
    }

    @Test("Fields are found in any case, several of a name are joined, and all are there in order")
    func fields() async {
        let seen = await seen(
            "GET / HTTP/1.1\r\nhOST: x\r\nACCEPT: a\r\nX-Y:\t b c \r\naccept:d\r\nAccept:\r\n\r\n"
        ) { request in
            [
                request.header(.accept) ?? "-", request.header(.server) ?? "-",
                request.header(.init("x-y") ?? .server) ?? "-",
            ]
                + request.headerFields.map { "\($0.name.rawName)=\($0.value)" }
        }
        #expect(seen == ["a, d, ", "-", "b c", "hOST=x", "ACCEPT=a", "X-Y=b c", "accept=d", "Accept="])
    }

    @Test(
        "Several fields of one name are what Node makes of them",
        arguments: [
            ("Accept", "1, 2"), ("X-Y", "1, 2"), ("Origin", "1, 2"), ("X-Forwarded-For", "1, 2"), ("Cookie", "1; 2"),
            ("Content-Type", "1"), ("USER-AGENT", "1"), ("Referer", "1"), ("If-Modified-Since", "1"), ("etag", "1"),
            // Unlike in Node, two of these name no user.
            ("Authorization", "1, 2"), ("Proxy-Authorization", "1, 2"),
        ])
    func repeated(name: String, expected: String) async throws {
        let field = try #require(HTTPField.Name(name))
        let seen = await seen("GET / HTTP/1.1\r\nHost: x\r\n\(name): 1\r\nA: b\r\n\(name): 2\r\n\r\n") { request in
            [request.header(field)] + request.headerFields[fields: field].map(\.value)
        }
        #expect(seen == [expected, "1", "2"])
    }

    @Test("Bytes that are not UTF-8 do no harm")
    func notUTF8() async {
        let box = Box<String>()
        await withServer { server in
            server.onRequest = { request, response in
                box.value = request.header(.userAgent)
                response.setHeader(.server, request.header(.userAgent) ?? "")
                response.end()
            }
            let client = server.connect()
            client.send(
                Array("GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: a".utf8) + [0xFF, 0xC3] + Array("\r\n\r\n".utf8))
            await client.until("\r\n\r\n")
        }
        #expect(box.value == "a\u{FFFD}\u{FFFD}")
    }

    @Test("The version, the address, and what is left of them when the client has gone")
    func connection() async {
        await withServer { server in
            let log = Log()
            server.onRequest = { request, response in
                log("\(request.httpVersion) \(request.remoteAddress?.host ?? "-")")
                response.end()
                request.onClose = { log("\(request.url) \(request.remoteAddress?.host ?? "-")") }
            }
            _ = await server.exchange("GET / HTTP/1.0\r\n\r\n")
            _ = await server.exchange("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(log.lines == ["1.0 127.0.0.1", "/ -", "1.1 127.0.0.1", "/ -"])
        }
    }
}
