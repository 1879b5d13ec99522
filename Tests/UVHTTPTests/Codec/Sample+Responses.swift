@testable import UVHTTP

private func status(
    _ line: String, _ outcome: Sample.Outcome = .accepted(1), node: Sample.Comparison = .asWeDo
) -> Sample {
    Sample("\(line)\r\nContent-Length: 0\r\n\r\n", outcome, node: node)
}

private func ok(
    _ lines: String, body: String = "", _ outcome: Sample.Outcome = .accepted(1), node: Sample.Comparison = .asWeDo
) -> Sample {
    Sample("HTTP/1.1 200 OK\r\n\(lines)\r\n\r\n\(body)", outcome, node: node)
}

extension Sample {
    /// Bytes of a server.
    static let responses = [
        status("HTTP/1.1 200 OK"),
        status("HTTP/1.0 200 OK"),
        status("HTTP/1.1 200 "),
        status("HTTP/1.1 200"),
        status("HTTP/1.1 999 \u{80}\t~ ~"),
        status("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK", .accepted(2)),
        status("\r\nHTTP/1.1 200 OK", .refused(.invalidProtocol), node: .accepts),
        status("X", .refused(.invalidProtocol)),
        status("HTTX", .refused(.invalidProtocol)),
        status("HTTP/2.0 200 OK", .refused(.invalidVersion), node: .accepts),
        status("HTTP/1.2 200 OK", .refused(.invalidVersion)),
        status("HTTP/1.1\t200 OK", .refused(.invalidVersion)),
        status("HTTP/1.1  200 OK", .refused(.invalidStatus)),
        status("HTTP/1.1 20 OK", .refused(.invalidStatus)),
        status("HTTP/1.1 2000 OK", .refused(.invalidStatus)),
        status("HTTP/1.1 099 OK", .refused(.invalidStatus), node: .accepts),
        status("HTTP/1.1 2x0 OK", .refused(.invalidStatus)),
        status("HTTP/1.1 200X", .refused(.invalidStatus)),
        status("HTTP/1.1 200\n", .refused(.invalidStatus)),
        status("HTTP/1.1 200 O\u{1}K", .refused(.invalidStatus), node: .accepts),
        status("HTTP/1.1 200 OK\n", .refused(.bareLineFeed)),
        status("HTTP/1.1 200 OK\rX", .refused(.missingLineFeed)),
        ok("Content-Length: 3", body: "abc"),
        ok("Content-Length:\t3 \t", body: "abc", node: .otherCode("HPE_INVALID_CONTENT_LENGTH")),
        ok("Content-Length: 3", body: "ab", .incomplete),
        ok("Transfer-Encoding: chunked", body: "3\r\nabc\r\n0\r\n\r\n"),
        ok("Transfer-Encoding: chunked\t", body: "0\r\n\r\n", node: .accepts),
        ok(
            "Transfer-Encoding: chunked", body: "0\r\nSet-Cookie: a=b\r\n\r\n", .refused(.forbiddenTrailer),
            node: .accepts),
        ok("Transfer-Encoding: gzip, chunked", body: "0\r\n\r\n"),
        ok("Transfer-Encoding: gzip", body: "abc", .incomplete),
        ok("Transfer-Encoding: chunked, gzip", body: "abc", .refused(.invalidTransferEncoding), node: .accepts),
        ok("A: b", body: "abc", .incomplete),
        ok("Content-Length: 3\r\nContent-Length: 3", .refused(.repeatedContentLength)),
        ok("Content-Length: 3\r\nTransfer-Encoding: gzip", .refused(.transferEncodingBesideContentLength)),
        ok("Transfer-Encoding: gzip\r\nContent-Length: 3", .refused(.contentLengthBesideTransferEncoding)),
        ok("A : b", .refused(.spaceBeforeColon)),
        Sample("HTTP/1.1 204 No Content\r\n\r\n"),
        Sample("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n"),
        Sample("HTTP/1.1 304 Not Modified\r\nContent-Length: 3\r\n\r\n"),
        Sample("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),
        Sample(
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .refused(.transferEncodingInHTTP10), node: .accepts
        ),
    ]
}
