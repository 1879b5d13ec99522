import Testing
import UVCore
import UVHTTP

@Suite("Heads of answers, whatever a handler puts into them")
struct ResponseHeadTests {
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    /// The answer that `handler` gives to a GET, as one line, and the next answer on the same connection.
    private func answers(
        to request: String = request, _ handler: @escaping @LoopActor (ServerResponse) throws -> Void
    ) async -> (first: String, next: String) {
        let log = Answers()
        await withServer { server in
            server.onRequest = { request, response in
                if request.url == "/next" { response.end("next") } else { try handler(response) }
            }
            let client = server.connect()
            client.send(request)
            await server.turns()
            log.first = client.text
            client.send("GET /next HTTP/1.1\r\nHost: x\r\n\r\n")
            await server.turns()
            log.next = String(client.text.dropFirst(log.first.count))
        }
        return (log.first.oneLine, log.next.oneLine)
    }

    private final class Answers: @unchecked Sendable {
        var first = ""
        var next = ""
    }

    private static let next =
        #"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 4\r\n\r\nnext"#

    @Test("No value begins another field or another answer", arguments: ["\r\n", "\n", "\r", "\0", "\u{7F}", "\u{1}"])
    func injection(_ control: String) async throws {
        let name = try #require(HTTPField.Name("X-A"))
        let value = "a\(control)Set-Cookie: b\(control)\(control)HTTP/1.1 200 OK"
        let answers = await answers { response in
            response.setHeader(name, value)
            response.appendHeader(name, value)
            response.writeEarlyHints([name: value])
            response.addTrailers([name: value])
            response.writeHead(.init(code: 200, reasonPhrase: value), [name: value, .trailer: "X-A"])
            response.end("x")
        }
        #expect(!answers.first.contains(control))
        for line in answers.first.split(separator: #"\r\n"#) { #expect(!line.hasPrefix("Set-Cookie")) }
        #expect(answers.next == Self.next)
    }

    @Test("writeHead's fields take the place of those that were set")
    func writeHead() async throws {
        let (a, b) = (try #require(HTTPField.Name("X-A")), try #require(HTTPField.Name("X-B")))
        let answers = await answers { response in
            response.setHeader(a, "1")
            response.setHeader(b, "b")
            response.writeHead(.ok, HTTPFields([.init(name: a, value: "2"), .init(name: a, value: "3")]))
            response.end()
        }
        #expect(
            answers.first
                == #"HTTP/1.1 200 OK\r\nX-A: 2\r\nX-B: b\r\nX-A: 3\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n"#
                + #"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"#)
        #expect(answers.next == Self.next)
    }

    @Test("What is set after the head was sent changes nothing")
    func afterHead() async {
        let answers = await answers { response in
            response.write("a")
            #expect(response.headersSent)
            response.status = .notFound
            response.setHeader(.server, "late")
            response.appendHeader(.server, "late")
            response.removeHeader(.connection)
            response.keepsConnection = false
            response.writeHead(.notFound, [.server: "late"])
            response.writeEarlyHints([.server: "late"])
            response.writeContinue()
            response.end()
        }
        #expect(
            answers.first
                == #"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n"#
                + #"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"#)
        #expect(answers.next == Self.next)
    }

    /// Content-Lengths that a handler sets before it writes "hello", what is sent of them, and whether the
    /// connection can go on.
    struct Length: CustomTestStringConvertible {
        let set: [String]
        let sent: String
        let body: String
        var goesOn = true

        var testDescription: String { "\(set)" }
    }

    @Test(
        "A wrong Content-Length never moves the beginning of the next answer",
        arguments: [
            Length(set: ["5"], sent: "5", body: "hello"),
            Length(set: ["3"], sent: "3", body: "hel"),
            Length(set: ["0"], sent: "0", body: ""),
            Length(set: ["6"], sent: "6", body: "hello", goesOn: false),
            Length(set: ["-5"], sent: "5", body: "hello"),
            Length(set: ["+5"], sent: "5", body: "hello"),
            Length(set: ["5, 5"], sent: "5", body: "hello"),
            Length(set: ["five"], sent: "5", body: "hello"),
            Length(set: [""], sent: "5", body: "hello"),
            Length(set: ["99999999999999999999"], sent: "5", body: "hello"),
            Length(set: ["5", "5"], sent: "5", body: "hello"),
            Length(set: ["3", "5"], sent: "3", body: "hel"),
        ])
    func contentLength(_ length: Length) async {
        let answers = await answers { response in
            for value in length.set { response.appendHeader(.contentLength, value) }
            response.end("hello")
        }
        let lengths = answers.first.split(separator: #"\r\n"#).filter { $0.hasPrefix("Content-Length: ") }
        #expect(lengths == ["Content-Length: \(length.sent)"])
        #expect(answers.first.hasSuffix(#"\r\n\r\n"# + length.body))
        #expect(answers.next == (length.goesOn ? Self.next : ""))
    }

    @Test("A body in pieces is cut at the Content-Length, too")
    func piecesOverLength() async {
        let answers = await answers { response in
            response.setHeader(.contentLength, "7")
            for piece in ["hel", "lo", " world", "!"] { response.write(piece) }
            response.end(" again")
        }
        #expect(answers.first.hasSuffix(#"\r\n\r\nhello w"#))
        #expect(answers.next == Self.next)
    }

    @Test("Chunks exclude a length, and no other coding is promised")
    func transferEncoding() async {
        let chunked = #"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n5\r\nhello\r\n0\r\n\r\n"#
        var answers = await answers { response in
            response.setHeader(.contentLength, "5")
            response.setHeader(.transferEncoding, "Chunked")
            response.end("hello")
        }
        #expect(answers.first == #"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n"# + chunked)
        #expect(answers.next == Self.next)
        answers = await self.answers { response in
            response.setHeader(.transferEncoding, "gzip, chunked")
            response.end("hello")
        }
        #expect(answers.first == #"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n"# + chunked)
        answers = await self.answers { response in
            response.setHeader(.transferEncoding, "gzip")
            response.end("hello")
        }
        #expect(
            answers.first
                == #"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nContent-Length: 5\r\n\r\nhello"#
        )
        #expect(answers.next == Self.next)
    }

    @Test("Statuses that have no body have none", arguments: [204, 304])
    func noBody(code: Int) async {
        let answers = await answers { response in
            response.status = .init(code: code)
            response.write("body")
            response.end("more")
        }
        #expect(answers.first.hasSuffix(#"\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"#))
        #expect(answers.next == Self.next)
    }

    @Test("An answer to HEAD has the fields of one to GET and no body")
    func head() async {
        let answers = await answers(to: "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n") { response in
            response.setHeader(.contentLength, "5")
            response.write("hel")
            response.end("lo")
        }
        #expect(
            answers.first
                == #"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\n\r\n"#)
        #expect(answers.next == Self.next)
    }

    @Test("A status that is not final ends the connection, since its client waits for another")
    func informational() async {
        let answers = await answers { response in
            response.status = .init(code: 199)
            response.end("hello")
        }
        #expect(answers.first == #"HTTP/1.1 199 unknown\r\nConnection: close\r\n\r\n"#)
        #expect(answers.next == "")
    }

    @Test("Of a handler's Connection only what it closes or names is sent")
    func connection() async {
        var answers = await answers(to: "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") { response in
            response.setHeader(.connection, "keep-alive")
            response.end()
        }
        #expect(answers.first == #"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"#)
        answers = await self.answers { response in
            response.setHeader(.connection, "upgrade")
            response.end()
        }
        #expect(answers.first == #"HTTP/1.1 200 OK\r\nConnection: upgrade\r\nContent-Length: 0\r\n\r\n"#)
        #expect(answers.next == Self.next)
    }

    /// What a handler removes, what is sent then of an answer to `write`, `end` or to `end` alone, and whether the
    /// connection can go on.
    struct Removal: CustomTestStringConvertible {
        let names: [HTTPField.Name]
        var isWritten = false
        let sent: String
        var goesOn = true

        var testDescription: String { "\(names) \(isWritten)" }
    }

    private static let kept = #"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n"#

    @Test(
        "A default field that is removed is not sent, and the body still has an end",
        arguments: [
            Removal(names: [.connection], sent: #"Content-Length: 1\r\n\r\nx"#),
            Removal(
                names: [.contentLength], sent: kept + #"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"#),
            Removal(names: [.transferEncoding], sent: kept + #"Content-Length: 1\r\n\r\nx"#),
            Removal(
                names: [.transferEncoding], isWritten: true, sent: #"Connection: close\r\n\r\nx"#, goesOn: false),
            Removal(
                names: [.transferEncoding, .contentLength], sent: #"Connection: close\r\n\r\nx"#, goesOn: false),
            Removal(names: [.transferEncoding, .contentLength, .connection], sent: #"\r\nx"#, goesOn: false),
        ])
    func removal(_ removal: Removal) async {
        let answers = await answers { response in
            for name in removal.names { response.removeHeader(name) }
            if removal.isWritten { response.write("x") }
            response.end(removal.isWritten ? "" : "x")
        }
        #expect(answers.first == #"HTTP/1.1 200 OK\r\n"# + removal.sent)
        #expect(answers.next == (removal.goesOn ? Self.next : ""))
    }

    @Test("A field that is set again after it was removed is sent")
    func removedAndSet() async {
        let answers = await answers { response in
            for name in [HTTPField.Name.connection, .contentLength] { response.removeHeader(name) }
            response.setHeader(.connection, "close")
            response.setHeader(.contentLength, "1")
            response.end("x")
        }
        #expect(answers.first == #"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx"#)
    }

    @Test("Interim answers go before the answer, and to HTTP/1.0 none")
    func interim() async {
        let handler: @LoopActor (ServerResponse) throws -> Void = { response in
            response.writeProcessing()
            response.writeContinue()
            response.end("x")
            response.writeProcessing()
        }
        var answers = await answers(handler)
        #expect(
            answers.first
                == #"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n"# + Self.kept
                + #"Content-Length: 1\r\n\r\nx"#)
        #expect(answers.next == Self.next)
        answers = await self.answers(to: "GET / HTTP/1.0\r\n\r\n", handler)
        #expect(answers.first == #"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nx"#)
    }

    @Test("Trailers come behind chunks, those that may not come there are left out, and none comes without chunks")
    func trailers() async throws {
        let (a, b) = (try #require(HTTPField.Name("X-A")), try #require(HTTPField.Name("X-B")))
        var answers = await answers { response in
            response.write("x")
            response.addTrailers([a: "1", .contentLength: "5", .authorization: "evil"])
            response.addTrailers([b: "2"])
            response.end()
        }
        #expect(answers.first.hasSuffix(#"\r\n\r\n1\r\nx\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n"#))
        #expect(answers.next == Self.next)
        answers = await self.answers { response in
            response.addTrailers([a: "1"])
            response.end("x")
        }
        #expect(answers.first.hasSuffix(#"Content-Length: 1\r\n\r\nx"#))
        #expect(answers.next == Self.next)
    }
}
