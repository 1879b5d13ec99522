import Testing
import YourTurn

@Suite("Chapter 1") struct Chapter01Tests {
    /// The answer to a request with this first line: its own first line, its fields in the order of their names, and its body.
    private func answered(_ line: String) -> [String]? {
        guard let bytes = answer(to: Array("\(line)\r\nHost: a\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes, as: UTF8.self)
            .split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
        guard let end = lines.firstIndex(of: ""), end > 0 else { return lines }
        return [lines[0]] + lines[1..<end].sorted() + [lines[(end + 1)...].joined(separator: "\r\n")]
    }

    @Test("GET /health is answered 200, with the length of its body")
    func health() {
        #expect(answered("GET /health HTTP/1.1") == ["HTTP/1.1 200 OK", "Content-Length: 3", "ok\n"])
    }

    @Test("A request that is cut anywhere before its empty line has no answer yet")
    func cut() {
        let request = Array("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for end in 0..<request.count { #expect(answer(to: Array(request[..<end])) == nil, "after \(end) bytes") }
        #expect(answer(to: request) != nil)
    }

    @Test("Another path is 404: the body is \"no such path\" and a line feed")
    func path() {
        let wanted = ["HTTP/1.1 404 Not Found", "Content-Length: 13", "no such path\n"]
        #expect(answered("GET /heal HTTP/1.1") == wanted)
        #expect(answered("GET /health/2 HTTP/1.1") == wanted)
        #expect(answered("DELETE /heal HTTP/1.1") == wanted, "whatever the method is")
    }

    @Test("Another method is 405, and Allow names the one there is")
    func method() {
        #expect(
            answered("DELETE /health HTTP/1.1")
                == ["HTTP/1.1 405 Method Not Allowed", "Allow: GET", "Content-Length: 13", "wrong method\n"])
    }

    @Test(
        "What is no request line is 400",
        arguments: ["hello", "GET /health", "GET /health HTTP/1.1 ", "GET  /health HTTP/1.1", "GET /health HTTP/9.9"])
    func noRequest(line: String) {
        #expect(answered(line)?.first == "HTTP/1.1 400 Bad Request")
    }
}
