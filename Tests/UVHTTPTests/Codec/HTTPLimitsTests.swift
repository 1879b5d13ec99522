import Testing

@testable import UVHTTP

@Suite("Limits: exactly at one is accepted, one beyond is refused")
struct HTTPLimitsTests {
    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    private func readings(_ text: String, _ limits: HTTPLimits, _ kind: MessageHeadParser.Kind = .request) -> [Reading]
    {
        let bytes = Array(text.utf8)
        let cuts = (0...bytes.count).map { Reading(bytes, cutAt: $0, kind, limits: limits) }
        return cuts + [Reading(byteByByte: bytes, kind, limits: limits)]
    }

    private func expect(
        _ text: String, _ limits: HTTPLimits, refused error: HTTPParseError?, _ kind: MessageHeadParser.Kind = .request
    ) {
        #expect(readings(text, limits, kind).allSatisfy { $0.error == error && $0.messages.count <= 1 })
        #expect(error != nil || readings(text, limits, kind).allSatisfy { $0.messages.count == 1 })
    }

    @Test("The defaults are those that are documented")
    func defaults() {
        let limits = HTTPLimits()
        #expect(limits.head == 16_384 && limits.fields == 100)
        #expect(limits.body == 1_048_576 && limits.chunkExtensions == 16_384)
        #expect(limits.headTimeout == .seconds(60) && limits.requestTimeout == .seconds(300))
        #expect(limits.bodyRate == 1024 && limits.bodyRateWindow == .seconds(10))
        #expect(limits.keepAliveTimeout == .seconds(5) && limits.keepAliveBuffer == .seconds(1))
        #expect(limits.unreadAnswerTimeout == .seconds(60))
        #expect(limits.connections == 16_384 && limits.reservedDescriptors == 64)
        #expect(limits.lingerTimeout == .seconds(2) && limits.lingerBytes == 8_388_608)
    }

    @Test(
        "A head of 16 KiB is read, one byte more is answered 431",
        arguments: [(0, nil), (1, HTTPParseError.headTooLarge)])
    func defaultHead(extra: Int, error: HTTPParseError?) {
        let frame = "GET / HTTP/1.1\r\nA: \r\n\r\n"
        let value = String(repeating: "a", count: 16_384 - frame.utf8.count + extra)
        let bytes = Array("GET / HTTP/1.1\r\nA: \(value)\r\n\r\n".utf8)
        #expect(bytes.count == 16_384 + extra)
        #expect(Reading(bytes).error == error)
        for cut in stride(from: 0, through: bytes.count, by: 1021) {
            #expect(Reading(bytes, cutAt: cut).error == error)
        }
    }

    @Test(
        "A head has a limit, the empty lines before it and the blank line behind it included",
        arguments: [
            "GET / HTTP/1.1\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\nA: b\r\n\r\n",
            "GET /0123456789 HTTP/1.1\r\nAbc: def\r\n\r\n",
        ])
    func head(text: String) {
        let count = text.utf8.count
        expect(text, limits { $0.head = count }, refused: nil)
        for limit in 0..<count { expect(text, limits { $0.head = limit }, refused: .headTooLarge) }
    }

    @Test("What comes behind a head does not count")
    func pipelined() {
        let text = "GET / HTTP/1.1\r\n\r\n"
        let reading = Reading(
            Array(String(repeating: text, count: 5).utf8), limits: limits { $0.head = text.utf8.count })
        #expect(reading.error == nil && reading.messages.count == 5)
    }

    @Test("Endless empty lines are refused like any other head that does not end")
    func emptyLines() {
        #expect(Reading(Array(String(repeating: "\r\n", count: 9000).utf8)).error == .headTooLarge)
    }

    @Test(
        "100 fields are read, one more is answered 431", arguments: [(100, nil), (101, HTTPParseError.tooManyFields)])
    func fields(count: Int, error: HTTPParseError?) {
        let lines = String(repeating: "A: b\r\n", count: count)
        #expect(Reading(Array("GET / HTTP/1.1\r\n\(lines)\r\n".utf8)).error == error)
        let trailers = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\(lines)\r\n"
        #expect(Reading(Array(trailers.utf8)).error == error)
        #expect(error?.status == (error == nil ? nil : 431))
    }

    @Test("No fields at all may be the limit")
    func noFields() {
        expect("GET / HTTP/1.1\r\n\r\n", limits { $0.fields = 0 }, refused: nil)
        expect("GET / HTTP/1.1\r\nA: b\r\n\r\n", limits { $0.fields = 0 }, refused: .tooManyFields)
    }

    @Test(
        "A body has a limit, however it is framed",
        arguments: [
            "Content-Length: 5\r\n\r\nabcde", "Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n",
        ])
    func body(text: String) {
        let request = "POST / HTTP/1.1\r\n" + text
        expect(request, limits { $0.body = 5 }, refused: nil)
        expect(request, limits { $0.body = 4 }, refused: .bodyTooLarge)
    }

    @Test("A body that ends with the connection has the limit too, and is passed on up to it")
    func bodyUntilClose() {
        let response = "HTTP/1.1 200 OK\r\n\r\nabcde"
        expect(response, limits { $0.body = 5 }, refused: nil, .response)
        expect(response, limits { $0.body = 4 }, refused: .bodyTooLarge, .response)
        let readings = readings(response, limits { $0.body = 4 }, .response)
        #expect(readings.allSatisfy { $0.messages.first?.body == Array("abcd".utf8) })
    }

    @Test("A body that is too large is refused before a byte of it is passed on")
    func announced() {
        let bytes = Array("POST / HTTP/1.1\r\nContent-Length: 1048577\r\n\r\nabc".utf8)
        #expect(Reading(bytes).error == .bodyTooLarge)
        #expect(Reading(bytes).messages.first?.body == [])
        #expect(HTTPParseError.bodyTooLarge.status == 413)
    }

    @Test("Chunk extensions have a limit over one body")
    func chunkExtensions() {
        let request = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b\r\nx\r\n1;c;d\r\ny\r\n0;e\r\n\r\n"
        expect(request, limits { $0.chunkExtensions = 10 }, refused: nil)
        expect(request, limits { $0.chunkExtensions = 9 }, refused: .chunkExtensionsTooLarge)
        let plain = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
        expect(plain, limits { $0.chunkExtensions = 0 }, refused: nil)
    }

    @Test("A trailer section has the limit of a head")
    func trailers() {
        let section = "A: b\r\nLonger: value of this trailer, longer than the head is long\r\n\r\n"
        let request = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + section
        expect(request, limits { $0.head = section.utf8.count }, refused: nil)
        expect(request, limits { $0.head = section.utf8.count - 1 }, refused: .headTooLarge)
    }

    @Test("Limits that make no sense refuse, and do not trap", arguments: [Int.min, -1, 0])
    func senseless(limit: Int) {
        let limits = limits {
            ($0.head, $0.fields, $0.body, $0.chunkExtensions) = (limit, limit, limit, limit)
        }
        #expect(Reading(Array("GET / HTTP/1.1\r\nA: b\r\n\r\n".utf8), limits: limits).error == .headTooLarge)
        #expect(throws: HTTPParseError.bodyTooLarge) {
            var decoder = try BodyDecoder(.untilClose, limits: limits)
            _ = try decoder.step([1], from: 0)
        }
    }
}
