import Testing

@testable import UVHTTP

@Suite("What a head says")
struct MessageHeadTests {
    private func message(
        _ text: String, _ kind: MessageHeadParser.Kind = .request, answering: RequestMethod = .get
    ) throws -> WireReader.Message {
        let bytes = Array(latin1: text)
        var parser = MessageHeadParser(kind, limits: HTTPLimits(), answering: answering)
        #expect(try parser.step(bytes) == .head(length: bytes.count))
        return WireReader.Message(head: parser.head, headBytes: bytes)
    }

    private func head(_ lines: String, version: String = "1.1") throws -> MessageHead {
        try message("POST / HTTP/\(version)\r\n\(lines)\r\n\r\n").head
    }

    private func response(_ text: String, answering: RequestMethod = .get) throws -> MessageHead {
        try message("HTTP/1.1 \(text)\r\n\r\n", .response, answering: answering).head
    }

    @Test(
        "A request line and its fields are found where they are, behind empty lines too", arguments: ["", "\r\n\r\n"])
    func offsets(before: String) throws {
        let message = try message(
            before + "PATCH /tasks/1?a=b HTTP/1.0\r\nHost: localhost:3000\r\nX-Empty:\r\nx-a: \t b, c \t\r\n\r\n")
        #expect(message.head.method == .patch)
        #expect(message.text(message.head.target.range) == "/tasks/1?a=b")
        #expect(message.head.minorVersion == 0)
        #expect(message.fields == ["Host: localhost:3000", "X-Empty: ", "x-a: b, c"])
        #expect(message.head.hostCount == 1)
    }

    @Test(
        "A status line is found where it is, with or without a reason",
        arguments: [
            ("HTTP/1.1 404 Not Found", 404, "Not Found"), ("HTTP/1.0 200 ", 200, ""), ("HTTP/1.1 599", 599, ""),
        ])
    func statusLine(line: String, status: Int, reason: String) throws {
        let message = try message("\(line)\r\nA: b\r\n\r\n", .response)
        #expect(message.head.status == status)
        #expect(message.text(message.head.reason) == reason)
        #expect(message.head.minorVersion == (line.hasPrefix("HTTP/1.1") ? 1 : 0))
        #expect(message.fields == ["A: b"])
    }

    @Test(
        "The forms of a target have their parts",
        arguments: [
            ("GET", "/a?b", RequestTarget.Form.origin, "", "/a?b"),
            ("GET", "http://x:80/a?b", .absolute, "x:80", "/a?b"),
            ("GET", "http://x?b", .absolute, "x", "?b"),
            ("GET", "http://[::1]", .absolute, "[::1]", ""),
            ("OPTIONS", "*", .asterisk, "", "*"),
            ("OPTIONS", "/", .origin, "", "/"),
            ("CONNECT", "x:443", .authority, "x:443", ""),
        ])
    func targets(method: String, text: String, form: RequestTarget.Form, authority: String, path: String) throws {
        let message = try message("\(method) \(text) HTTP/1.1\r\n\r\n")
        let target = message.head.target
        #expect(target.form == form)
        #expect(message.text(target.range) == text)
        #expect(message.text(target.authority) == authority)
        #expect(message.text(target.path) == path)
    }

    @Test(
        "A request has the body that it announces",
        arguments: [
            ("A: b", BodyFraming.none), ("Content-Length: 0", .none), ("Content-Length: 00", .none),
            ("Content-Length: 1", .length(1)), ("Content-Length: 0012", .length(12)),
            ("Content-Length: 9223372036854775807", .length(.max)), ("Transfer-Encoding: chunked", .chunked),
            ("TRANSFER-ENCODING: \tChunked\t", .chunked),
        ])
    func requestFraming(lines: String, framing: BodyFraming) throws {
        #expect(try head(lines).framing == framing)
    }

    @Test(
        "A response without a length goes on until the connection ends, and some have no body at all",
        arguments: [
            ("200 OK", RequestMethod.get, BodyFraming.untilClose), ("200 OK\r\nContent-Length: 3", .get, .length(3)),
            ("200 OK\r\nTransfer-Encoding: chunked", .get, .chunked),
            ("200 OK\r\nTransfer-Encoding: gzip", .get, .untilClose),
            ("200 OK\r\nContent-Length: 3", .head, .none), ("200 OK\r\nContent-Length: 3", .connect, .none),
            ("400 No\r\nContent-Length: 3", .connect, .length(3)), ("204 No\r\nContent-Length: 3", .get, .none),
            ("304 No\r\nContent-Length: 3", .get, .none), ("100 Go", .get, .none), ("101 Go", .get, .none),
        ])
    func responseFraming(text: String, method: RequestMethod, framing: BodyFraming) throws {
        let head = try response(text, answering: method)
        #expect(head.framing == framing)
        #expect(head.isPersistent == (framing != .untilClose))
    }

    @Test(
        "HTTP/1.1 stays unless told to close, HTTP/1.0 closes unless told to stay",
        arguments: [
            ("A: b", true, false), ("Connection: close", false, false), ("Connection: keep-alive", true, true),
            ("Connection: Keep-Alive, CLOSE", false, false), ("connection:a ,\tclose", false, false),
            ("Connection: close\t", false, false), ("Connection: closed", true, false),
            ("Connection: clos", true, false),
            ("Connection: keep-alive\r\nConnection: close", false, false), ("Connection: ,close,", false, false),
            ("Connection: \tkeep-alive", true, true), ("Connection: keep-alive\t", true, true),
            ("Connection: keep-alive \t, a", true, true), ("Connection: keep-alive\tx", true, false),
            ("Proxy-Connection: a, Close", false, false), ("Proxy-Connection: keep-alive", true, false),
            ("Proxy-Connections: close", true, false),
        ])
    func persistence(lines: String, modern: Bool, old: Bool) throws {
        #expect(try head(lines).isPersistent == modern)
        #expect(try head(lines, version: "1.0").isPersistent == old)
    }

    @Test(
        "Only 100-continue is an expectation that is known, and HTTP/1.0 has none",
        arguments: [
            ("A: b", MessageHead.Expectation.none), ("Expect: 100-continue", .continue),
            ("EXPECT: 100-Continue", .continue),
            ("Expect: meow", .unknown), ("Expect: 100-continue, meow", .unknown), ("Expect: 100-continued", .unknown),
            ("Expect: meow\r\nExpect: 100-continue", .unknown), ("Expect: 100-continue,", .continue),
            ("Expect:", .unknown), ("Expect: ,", .unknown), ("Expect: \t100-continue\t", .continue),
        ])
    func expectations(lines: String, expectation: MessageHead.Expectation) throws {
        #expect(try head(lines).expectation == expectation)
        #expect(try head(lines, version: "1.0").expectation == .none)
    }

    @Test(
        "An upgrade needs the option and the field, and HTTP/1.1",
        arguments: [
            ("Connection: Upgrade\r\nUpgrade: websocket", true),
            ("Upgrade: x\r\nConnection: keep-alive, upgrade", true),
            ("Connection: Upgrade", false), ("Upgrade: websocket", false), ("Connection: Upgrade\r\nUpgrade:", false),
            ("Connection: Upgraded\r\nUpgrade: websocket", false),
        ])
    func upgrades(lines: String, requests: Bool) throws {
        #expect(try head(lines).requestsUpgrade == requests)
        #expect(try head(lines, version: "1.0").requestsUpgrade == false)
        #expect(try response("101 Yes\r\n\(lines)").requestsUpgrade == requests)
        #expect(try response("200 No\r\n\(lines)").requestsUpgrade == false)
    }

    @Test("Hosts are counted", arguments: [("A: b", 0), ("Host: x", 1), ("Host:", 1), ("Host: x\r\nhost: x", 2)])
    func hosts(lines: String, count: Int) throws {
        #expect(try head(lines).hostCount == count)
    }

    @Test("A parser that is used again forgets everything but its memory")
    func reuse() throws {
        let first = Array(
            """
            POST http://x/a HTTP/1.0\r\nHost: x\r\nConnection: close, upgrade\r\nUpgrade: y\r\nExpect: z\r
            Content-Length: 3\r\n\r\n
            """.utf8)
        let second = Array("GET / HTTP/1.1\r\nA: b\r\n\r\n".utf8)
        var used = MessageHeadParser(.request, limits: HTTPLimits())
        #expect(try used.step(first) == .head(length: first.count))
        let capacity = used.head.fields.capacity
        used.reset()
        var fresh = MessageHeadParser(.request, limits: HTTPLimits())
        #expect(try used.step(second) == fresh.step(second))
        #expect(used.head == fresh.head)
        #expect(used.head.fields.capacity == capacity)
    }

    @Test("A message has begun with its first byte, not with the empty lines before it")
    func beginning() throws {
        var reader = WireReader()
        #expect(!reader.hasBegun)
        reader.feed("\r\n\r".utf8)
        #expect(!reader.hasBegun)
        try reader.finish()
        reader.feed("\nG".utf8)
        #expect(reader.hasBegun)
        #expect(throws: HTTPParseError.unexpectedEnd) { try reader.finish() }
        reader.feed("ET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n".utf8)
        #expect(throws: HTTPParseError.unexpectedEnd) { try reader.finish() }
        reader.feed("x".utf8)
        #expect(!reader.hasBegun)
        try reader.finish()
    }

    @Test("A complete head says so again until the parser is reset")
    func again() throws {
        let bytes = Array("GET / HTTP/1.1\r\n\r\nGET".utf8)
        var parser = MessageHeadParser(.request, limits: HTTPLimits())
        #expect(try parser.step(bytes) == .head(length: 18))
        #expect(try parser.step(bytes) == .head(length: 18))
    }
}
