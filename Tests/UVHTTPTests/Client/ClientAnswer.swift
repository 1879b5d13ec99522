import Testing

@testable import UVHTTP

/// What a server sends to one request before it closes, and how Node makes something else of it, if it does.
struct ClientAnswer: CustomTestStringConvertible, Sendable {
    let method: RequestMethod
    let bytes: [UInt8]

    /// Why Node's outcome is another one; nil if it is the same.
    let difference: String?

    init(_ text: String, to method: RequestMethod = .get, unlikeNode difference: String? = nil) {
        self.method = method
        self.difference = difference
        bytes = Array(latin1: text)
    }

    var testDescription: String { "\(method) \(String(latin1: bytes.prefix(90)).debugDescription)" }

    private static func ok(
        _ fields: String, _ body: String = "", to method: RequestMethod = .get, unlikeNode difference: String? = nil
    ) -> ClientAnswer {
        ClientAnswer("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n\(body)", to: method, unlikeNode: difference)
    }

    private static let chunked = "Transfer-Encoding: chunked"

    static let all = [
        // Known lengths.
        ok("Content-Length: 5", "hello"),
        ok("Content-Length: 0"),
        ok("Content-Length: 5", "hell"),
        ok("Content-Length: 5"),
        ok(
            "Content-Length: 5", "hello, and more than was asked for",
            unlikeNode: "Node drops the answer with the connection; here the connection alone goes"),
        ok("content-length:5 ", "hello"),
        ok("Content-Length: 5\r\nContent-Length: 5", "hello"),
        ok("Content-Length: -5", "hello"),
        ok("Content-Length: 99999999999999999999", "hello"),
        // Until the connection closes.
        ok("A: b", "hello"),
        ok("A: b"),
        ok("Connection: keep-alive", "hello"),
        ClientAnswer("HTTP/1.0 200 OK\r\n\r\nhello"),
        ok("Transfer-Encoding: gzip", "hello"),
        // Chunks.
        ok(chunked, "5\r\nhello\r\n0\r\n\r\n"),
        ok(chunked, "5\r\nhello\r\n1;a=b\r\n!\r\n0\r\n\r\n"),
        ok(chunked, "A\r\n0123456789\r\n0\r\nX-Sum: 45\r\nX-Other: ä\r\n\r\n"),
        ok(chunked, "0\r\n\r\n"),
        ok(chunked, "5\r\nhello\r\n0\r\n"),
        ok(chunked, "5\r\nhello\r\n"),
        ok(chunked, "5\r\nhel"),
        ok(chunked),
        ok(chunked, "5\r\nhello0\r\n\r\n", unlikeNode: "Node drops what came before the refusal"),
        ok(chunked, "x\r\nhello\r\n0\r\n\r\n"),
        ok(chunked, "5 \r\nhello\r\n0\r\n\r\n"),
        ok(chunked, "-5\r\nhello\r\n0\r\n\r\n"),
        ok(chunked, "FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n"),
        ok("Content-Length: 5\r\n\(chunked)", "5\r\nhello\r\n0\r\n\r\n"),
        // No content, whatever the fields say.
        ok("Content-Length: 5", to: .head),
        ok(chunked, to: .head),
        ok(
            "Content-Length: 5", "hello", to: .head,
            unlikeNode: "Node drops the answer with the connection; here the connection alone goes"),
        ClientAnswer("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"),
        ClientAnswer("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
        ClientAnswer("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"),
        // Heads before the answer.
        ClientAnswer("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        ClientAnswer(
            "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n\r\nok"),
        ClientAnswer("HTTP/1.1 103 Early Hints\r\n\r\n"),
        ClientAnswer(
            "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"),
        ClientAnswer("HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhello"),
        // No answer at all.
        ClientAnswer(""),
        ClientAnswer("HTTP/1.1 200 O"),
        ClientAnswer("HTTP/1.1 200 OK\r\nA: b\r\n"),
        ClientAnswer("hello\r\n\r\n"),
        ClientAnswer("HTTP/1.1 200 OK\r\nA b\r\n\r\n"),
        ClientAnswer("HTTP/1.1 200 OK\nA: b\n\n"),
        ClientAnswer("HTTP/1.1 2000 OK\r\n\r\n"),
    ]
}
