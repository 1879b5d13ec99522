import Testing

@testable import UVHTTP

@Suite("Bodies")
struct BodyDecoderTests {
    private func chunked(_ text: String) -> WireReader.Message? {
        Reading(Array(latin1: "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + text)).messages.first
    }

    @Test("No body ends where it begins", arguments: [BodyFraming.none, .length(0)])
    func empty(framing: BodyFraming) throws {
        var decoder = try BodyDecoder(framing, limits: .defaults)
        #expect(try decoder.step([], from: 0) == .end(at: 0))
        #expect(try decoder.step(Array("GET".utf8), from: 1) == .end(at: 1))
        try decoder.finish()
    }

    @Test("A body of a length is passed on as ranges of what arrived, and leaves the rest")
    func length() throws {
        var decoder = try BodyDecoder(.length(5), limits: .defaults)
        #expect(try decoder.step([], from: 0) == .needMoreBytes)
        #expect(try decoder.step(Array("ab".utf8), from: 0) == .data(0..<2))
        #expect(try decoder.step(Array("ab".utf8), from: 2) == .needMoreBytes)
        #expect(throws: HTTPParseError.unexpectedEnd) { try decoder.finish() }
        #expect(try decoder.step(Array("..cdeGET".utf8), from: 2) == .data(2..<5))
        #expect(try decoder.step(Array("..cdeGET".utf8), from: 5) == .end(at: 5))
        try decoder.finish()
    }

    @Test("A body that ends with the connection is all that comes")
    func untilClose() throws {
        var decoder = try BodyDecoder(.untilClose, limits: .defaults)
        #expect(try decoder.step(Array("ab".utf8), from: 0) == .data(0..<2))
        #expect(try decoder.step(Array("ab".utf8), from: 2) == .needMoreBytes)
        try decoder.finish()
    }

    @Test("Chunks are passed on as ranges of what arrived, and leave the rest")
    func chunks() throws {
        var decoder = try BodyDecoder(.chunked, limits: .defaults)
        let bytes = Array("3\r\nabc\r\n2;x\r\nde\r\n0\r\n\r\nGET".utf8)
        #expect(try decoder.step(bytes, from: 0) == .data(3..<6))
        #expect(try decoder.step(bytes, from: 6) == .data(13..<15))
        #expect(throws: HTTPParseError.unexpectedEnd) { try decoder.finish() }
        #expect(try decoder.step(bytes, from: 15) == .end(at: 22))
        #expect(try decoder.step(bytes, from: 22) == .end(at: 22))
        try decoder.finish()
    }

    @Test("A chunk that is cut is passed on as it arrives")
    func cutChunk() throws {
        var decoder = try BodyDecoder(.chunked, limits: .defaults)
        #expect(try decoder.step(Array("3\r\na".utf8), from: 0) == .data(3..<4))
        #expect(try decoder.step(Array("3\r\na".utf8), from: 4) == .needMoreBytes)
        #expect(try decoder.step(Array("bc\r".utf8), from: 0) == .data(0..<2))
        #expect(try decoder.step(Array("bc\r".utf8), from: 2) == .needMoreBytes)
        #expect(try decoder.step(Array("\n0\r\n\r\n".utf8), from: 0) == .end(at: 6))
    }

    @Test(
        "Sizes are hexadecimal in either case, with zeros before them",
        arguments: [
            ("a", 10), ("A", 10), ("1f", 31), ("1F", 31), ("000000000000010", 16),
        ])
    func sizes(size: String, count: Int) {
        let data = String(repeating: "x", count: count)
        #expect(chunked("\(size)\r\n\(data)\r\n0\r\n\r\n")?.body.count == count)
        #expect(chunked("\(size)\r\n\(data)x\r\n0\r\n\r\n")?.isComplete == false)
    }

    @Test("Trailers are offered as they came")
    func trailers() {
        let message = chunked("1\r\nx\r\n0\r\nDigest: abc\r\nX-Empty:\r\nx-latin: \u{E4}\r\n\r\n")
        #expect(message?.trailers.map(\.name) == ["Digest", "X-Empty", "x-latin"])
        #expect(message?.trailers.map(\.value) == [Array("abc".utf8), [], [0xE4]])
    }

    @Test(
        "A field that comes too late behind a body is refused where its line ends",
        arguments: [
            "Content-Length: 3", "content-LENGTH:", "Transfer-Encoding: chunked", "transfer-encoding: x",
            "Connection: close",
            "connection: x", "Proxy-Connection: close", "HOST: x", "authorization: Bearer x", "Cookie: a",
            "Set-Cookie: a",
            "Keep-Alive: a", "Content-Type: text/html", "If-Match: x", "Proxy-Authorization: x", "Sec-WebSocket-Key: x",
            "Trailer: A", "Range: bytes=0-1", "Expect: 100-continue", "X-Forwarded-For: ::1", "Upgrade: h2c",
            "TE: trailers",
            "Cache-Control: no-store", "Max-Forwards: 1", "WWW-Authenticate: Basic", "Content-Encoding: gzip",
            "Content-Range: bytes 0-1/2", "Age: 1", "Date: x", "Expires: x", "Location: /", "Retry-After: 1", "Vary: *",
        ])
    func forbiddenTrailers(line: String) {
        let head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n"
        #expect(Reading(Array("\(head)\(line)\r".utf8)).error == nil)
        #expect(Reading(Array("\(head)\(line)\r\n".utf8)).error == .forbiddenTrailer)
    }

    @Test(
        "A trailer whose name is nearly one of those is none",
        arguments: [
            "Content-Lengths: 3", "Transfer_Encoding: x", "Connections: close", "Proxy: a", "If: a", "Hosts: a",
            "Sec: a",
            "Digest: a", "ETag: a", "Server-Timing: a", "Grpc-Status: 0", "Authentication-Info: a",
        ])
    func neighboursOfForbiddenTrailers(line: String) {
        let message = chunked("0\r\nA: b\r\n\(line)\r\n\r\n")
        #expect(message?.isComplete == true && message?.trailers.count == 2)
    }

    @Test("A trailer section cut at any byte is the same, and leaves the next request alone")
    func cutTrailers() {
        let text =
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\nLonger-Name: c d\r\n\r\nGET /next HTTP/1.1\r\n\r\n"
        let bytes = Array(text.utf8)
        let whole = Reading(bytes)
        #expect(whole.messages.count == 2 && whole.messages[0].trailers.count == 2)
        #expect((0...bytes.count).allSatisfy { Reading(bytes, cutAt: $0) == whole })
        #expect(Reading(byteByByte: bytes) == whole)
    }

    @Test("What the encoder writes, the decoder reads", arguments: [1, 9, 10, 15, 16, 255, 256, 4095, 65_536])
    func roundTrip(count: Int) throws {
        let data = [UInt8](repeating: 7, count: count)
        var output = Array("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".utf8)
        for _ in 0..<2 {
            ChunkedEncoder.appendSizeLine(for: count, to: &output)
            output += data
            ChunkedEncoder.appendLineEnd(to: &output)
        }
        let trailer = try #require(Trailer(name: "Digest", value: "ü"))
        ChunkedEncoder.appendEnd(trailers: [trailer], to: &output)
        let message = try #require(Reading(output).messages.first)
        #expect(message.isComplete && message.body == data + data && message.trailers == [trailer])
    }

    @Test("The bytes of the encoder are those of the RFC")
    func encoded() {
        var output: [UInt8] = []
        ChunkedEncoder.appendSizeLine(for: 0x1AF, to: &output)
        ChunkedEncoder.appendLineEnd(to: &output)
        ChunkedEncoder.appendEnd(to: &output)
        #expect(output == Array("1af\r\n\r\n0\r\n\r\n".utf8))
        output = []
        ChunkedEncoder.appendSizeLine(for: .max, to: &output)
        #expect(output == Array("7fffffffffffffff\r\n".utf8))
    }

    @Test(
        "A trailer that would be something else cannot be made",
        arguments: [
            ("A", "b\r\nX: y"), ("A", "b\n"), ("A\r\nB", "c"), ("", "b"), ("A:", "b"), ("Content-Length", "3"),
            ("host", "x"),
        ])
    func impossibleTrailers(name: String, value: String) {
        #expect(Trailer(name: name, value: value) == nil)
    }
}
