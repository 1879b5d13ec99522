import UVCore
import UVHTTP

func httpLimitsAndErrors() -> Int32 {
    EventLoop.run { loop in
        let server = HTTPServer { request, response in
            request.onError = { _ in }
            request.resume()
            request.onEnd = { response.end("ok") }
        }
        print("keepAliveTimeout", server.limits.keepAliveTimeout.milliseconds)
        print("headersTimeout", server.limits.headTimeout.milliseconds)
        print("requestTimeout", server.limits.requestTimeout.milliseconds)
        print("maxRequestsPerSocket", server.limits.maxRequestsPerSocket)
        print("maxHeaderSize", server.limits.head)

        server.onClientError = { error, _ in
            // A missing Host is a client's error, too; Node calls no listener for it.
            if error.code != "ERR_HTTP_REQUIRE_HOST" { print("   clientError", error.code) }
        }

        var rest = cases[...]
        @LoopActor func next() {
            guard let (name, bytes) = rest.popFirst() else { return server.close() }
            let client = server.connect()
            client.end(bytes)
            var answer = ""
            client.onData = { bytes in answer += bytes.text }
            client.onError = { _ in }
            client.onClose = { _ in
                print(name, "|", show(answer))
                next()
            }
        }
        server.listen(port: 0, next)
    }
}

private func show(_ answer: String) -> String {
    if answer.contains("\r\n\r\nok") { return answer.split(separator: "\r\n")[0] + " (handled)" }
    return answer.withoutDate.quoted
}

extension Duration {
    fileprivate var milliseconds: Int { Int(self / .milliseconds(1)) }
}

private let host = "Host: x\r\n"
private let close = "Connection: close\r\n"
private let get = "GET / HTTP/1.1\r\n" + host + close
private let post = "POST / HTTP/1.1\r\n" + host + close
private let chunked = post + "Transfer-Encoding: chunked\r\n\r\n"
private let cases = [
    ("garbage", "NOT HTTP\r\n\r\n"),
    ("no Host (1.1)", "GET / HTTP/1.1\r\n" + close + "\r\n"),
    ("no Host (1.0)", "GET / HTTP/1.0\r\n\r\n"),
    ("header block > 16 KiB", get + "X: " + many(16_384) + "\r\n\r\n"),
    ("header block just under", get + "X: " + many(16_000) + "\r\n\r\n"),
    ("bare LF line ends", "GET / HTTP/1.1\nHost: x\nConnection: close\n\n"),
    ("space before colon", get + "A : b\r\n\r\n"),
    ("CL and TE", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("TE not final chunked", post + "Transfer-Encoding: chunked, gzip\r\n\r\n"),
    ("two different CL", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    ("obs-fold", get + "A: b\r\n c\r\n\r\n"),
    ("bad chunk size", chunked + "zz\r\n"),
    ("chunk ext > 16 KiB", chunked + "1;" + many(17_000) + "\r\nx\r\n0\r\n\r\n"),
    ("control char in value", get + "A: b\u{1}c\r\n\r\n"),
    ("no method", "F(OO / HTTP/1.1\r\n" + host + close + "\r\n"),
    ("truncated head then FIN", "GET / HTTP/1.1\r\nHos"),
]

private func many(_ count: Int) -> String { String(repeating: "a", count: count) }
