import Testing
import YourTurn

@Suite("Chapter 1") struct Chapter01Tests {
    private func answered(_ request: String) -> String? {
        answer(to: Array(request.utf8)).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("GET /health is answered 200, with the length of its body")
    func health() {
        let wanted = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"
        #expect(answered("GET /health HTTP/1.1\r\nHost: a\r\n\r\n") == wanted)
    }

    @Test("A request that is cut anywhere before its empty line has no answer yet")
    func cut() {
        let request = Array("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for end in 0..<request.count { #expect(answer(to: Array(request[..<end])) == nil, "after \(end) bytes") }
        #expect(answer(to: request) != nil)
    }

    @Test("Another path is 404: the body is \"no such path\" and a line feed")
    func path() {
        let wanted = "HTTP/1.1 404 Not Found\r\nContent-Length: 13\r\n\r\nno such path\n"
        #expect(answered("GET /heal HTTP/1.1\r\nHost: a\r\n\r\n") == wanted)
        #expect(answered("GET /health/2 HTTP/1.1\r\nHost: a\r\n\r\n") == wanted)
        #expect(answered("DELETE /heal HTTP/1.1\r\nHost: a\r\n\r\n") == wanted, "whatever the method is")
    }

    @Test("Another method is 405, and Allow names the one there is")
    func method() {
        #expect(
            answered("DELETE /health HTTP/1.1\r\nHost: a\r\n\r\n")
                == "HTTP/1.1 405 Method Not Allowed\r\nAllow: GET\r\nContent-Length: 13\r\n\r\nwrong method\n")
    }

    @Test(
        "What is no request line is 400",
        arguments: ["hello", "GET /health", "GET /health HTTP/1.1 ", "GET  /health HTTP/1.1", "GET /health HTTP/9.9"])
    func noRequest(line: String) {
        #expect(answered("\(line)\r\n\r\n")?.hasPrefix("HTTP/1.1 400 Bad Request\r\n") == true)
    }
}
