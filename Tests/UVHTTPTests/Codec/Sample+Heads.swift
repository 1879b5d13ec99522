@testable import UVHTTP

/// A GET with one more field line, or more.
private func get(
    _ lines: String, _ outcome: Sample.Outcome = .accepted(1), node: Sample.Comparison = .asWeDo
) -> Sample {
    Sample("GET / HTTP/1.1\r\nHost: x\r\n\(lines)\r\n\r\n", outcome, node: node)
}

private func target(
    _ target: String, method: String = "GET", _ outcome: Sample.Outcome = .accepted(1),
    node: Sample.Comparison = .asWeDo
) -> Sample {
    Sample("\(method) \(target) HTTP/1.1\r\nHost: x\r\n\r\n", outcome, node: node)
}

extension Sample {
    /// Bytes of clients.
    static let all = startLines + targets + fieldLines + connections + lengths + chunks

    static let startLines = [
        Sample("GET / HTTP/1.1\r\n\r\n"),
        Sample("GET / HTTP/1.0\r\n\r\n"),
        Sample("GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n", .accepted(2)),
        Sample("\r\n\r\nGET / HTTP/1.1\r\n\r\n"),
        Sample("\nGET / HTTP/1.1\r\n\r\n", .refused(.invalidMethod), node: .accepts),
        Sample("\rGET / HTTP/1.1\r\n\r\n", .refused(.missingLineFeed), node: .accepts),
        Sample(" GET / HTTP/1.1\r\n\r\n", .refused(.invalidMethod)),
        Sample("NOT HTTP\r\n\r\n", .refused(.invalidMethod)),
        Sample("NOT /HTTP\r\n\r\n", .refused(.invalidMethod)),
        Sample("NOT / HTTQ\r\n\r\n", .refused(.invalidMethod)),
        Sample("NOT / HTTP/3.0\r\n", .refused(.invalidMethod)),
        Sample("NONSENSE\r\n\r\n", .refused(.invalidMethod)),
        Sample("FOO / HTTP/1.1\r\n", .refused(.unknownMethod)),
        Sample("FOO http://x/ HTTP/1.0\r\n\r\n", .refused(.unknownMethod)),
        Sample("FOO x:80 HTTP/1.1\r\n\r\n", .refused(.invalidMethod)),
        Sample("FOO / HTTP/1.1\r", .incomplete, node: .otherCode("HPE_INVALID_METHOD")),
        Sample("get / HTTP/1.1\r\n\r\n", .refused(.unknownMethod)),
        Sample("GETX / HTTP/1.1\r\n\r\n", .refused(.unknownMethod)),
        Sample("!#$%&'*+-.^_`|~0aZ / HTTP/1.1\r\n\r\n", .refused(.unknownMethod)),
        Sample("FO(O / HTTP/1.1\r\n\r\n", .refused(.invalidMethod)),
        Sample("FOO  / HTTP/1.1\r\n\r\n", .refused(.invalidMethod)),
        Sample("GET\t/ HTTP/1.1\r\n\r\n", .refused(.invalidMethod)),
        Sample("GX", .incomplete, node: .otherCode("HPE_INVALID_METHOD")),
        Sample("F", .incomplete),
        Sample("UNSUBSCRIB", .incomplete),
        Sample("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .refused(.invalidMethod), node: .otherCode("HPE_PAUSED_H2_UPGRADE")),
        Sample("\u{16}\u{3}\u{1}", .refused(.invalidMethod)),
        Sample("GET / HTTP/1.1\n", .refused(.invalidVersion)),
        Sample("GET / HTTP/1.1\rX", .refused(.missingLineFeed)),
        Sample("GET / HTTP/1.1 \r\n", .refused(.invalidVersion)),
        Sample("GET / HTTP/1.10\r\n", .refused(.invalidVersion)),
        Sample("GET / HTTP/2.0\r\nHost: x\r\n\r\n", .refused(.invalidVersion), node: .accepts),
        Sample("GET / HTTP/1.2\r\n", .refused(.invalidVersion)),
        Sample("GET / HTTP/0.9\r\n\r\n", .refused(.invalidVersion), node: .accepts),
        Sample("GET / HTTP/x", .refused(.invalidVersion)),
        Sample("GET / http/1.1\r\n", .refused(.invalidProtocol)),
        Sample("GET / HTTX", .refused(.invalidProtocol)),
        Sample("GET / RTSP/1.0\r\n\r\n", .refused(.invalidProtocol), node: .accepts),
        Sample("GET /\r\n", .refused(.invalidTarget), node: .accepts),
    ]

    static let targets = [
        target("/a/b?c=d&e=%20"),
        target("//x/y"),
        target("/{|}\"<>\\^`"),
        target("/a b", .refused(.invalidProtocol)),
        target(" /", .refused(.invalidTarget), node: .accepts),
        target("x", .refused(.invalidTarget)),
        target("?x", .refused(.invalidTarget)),
        target("/\t", .refused(.invalidTarget)),
        target("/\u{1}", .refused(.invalidTarget)),
        target("/\u{7F}", .refused(.invalidTarget)),
        target("/\u{80}", .refused(.invalidTarget)),
        target("/#fragment", .refused(.invalidTarget), node: .accepts),
        target("http://x"),
        target("http://x:80/y?z"),
        target("https://[::1]:3000?q"),
        target("http:/x", .refused(.invalidTarget)),
        target("http:x", .refused(.invalidTarget)),
        target("http://", .refused(.invalidTarget), node: .accepts),
        target("http:///x", .refused(.invalidTarget), node: .accepts),
        target("http://:80/", .refused(.invalidTarget), node: .accepts),
        target("http://x:y/", .refused(.invalidTarget), node: .accepts),
        target("http://user@x/", .refused(.invalidTarget), node: .accepts),
        target("http://x|y/", .refused(.invalidTarget)),
        target("h2://x", .refused(.invalidTarget)),
        target("*", method: "OPTIONS"),
        target("*", .refused(.invalidTarget), node: .accepts),
        target("**", method: "OPTIONS", .refused(.invalidTarget), node: .accepts),
        target("x:80", method: "CONNECT"),
        target("[::1]:65535", method: "CONNECT"),
        target("x:65536", method: "CONNECT", .refused(.invalidTarget), node: .accepts),
        target("x:", method: "CONNECT", .refused(.invalidTarget), node: .accepts),
        target("x", method: "CONNECT", .refused(.invalidTarget), node: .accepts),
        target("/", method: "CONNECT", .refused(.invalidTarget), node: .accepts),
        target("http://x", method: "CONNECT", .refused(.invalidTarget), node: .accepts),
    ]

    static let fieldLines = [
        get("A: b"),
        get("A:b"),
        get("A: \t b \t "),
        get("A:"),
        get("A: "),
        get("A: b\tc"),
        get("A: \u{80}\u{FF}"),
        get("!#$%&'*+-.^_`|~09azAZ: b"),
        get("A: b\u{1}c", .refused(.invalidFieldValue)),
        get("A: b\u{0}", .refused(.invalidFieldValue)),
        get("A: b\u{7F}c", .refused(.invalidFieldValue)),
        get("A: b\rc", .refused(.bareCarriageReturn)),
        get("A: b\r", .refused(.bareCarriageReturn)),
        get("A: b\n", .refused(.bareLineFeed)),
        get("A: b\nX: y", .refused(.bareLineFeed)),
        get("A : b", .refused(.spaceBeforeColon)),
        get("A\t: b", .refused(.spaceBeforeColon)),
        get("A b: c", .refused(.spaceBeforeColon)),
        get("A", .refused(.missingColon)),
        get(": b", .refused(.invalidFieldName)),
        get("A\u{80}: b", .refused(.invalidFieldName)),
        get("A(: b", .refused(.invalidFieldName)),
        get("A\n: b", .refused(.invalidFieldName)),
        get("\nA: b", .refused(.invalidFieldName)),
        get("A: b\r\n c", .refused(.lineFolding)),
        get("A:\r\n\tc", .refused(.lineFolding)),
        get("A: b\r\n\rX", .refused(.missingLineFeed)),
        Sample("GET / HTTP/1.1\r\n Host: x\r\n\r\n", .refused(.spaceAfterStartLine)),
        Sample(
            "GET / HTTP/1.1\r\n\tHost: x\r\n\r\n", .refused(.spaceAfterStartLine),
            node: .otherCode("HPE_INVALID_HEADER_TOKEN")),
        Sample("GET / HTTP/1.1\nHost: x\nConnection: close\n\n", .refused(.invalidVersion)),
        Sample("GET / HTTP/1.1\r\nHos", .incomplete),
        Sample("GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        Sample("GET / HTTP/1.1\r\nHost: [::1]:3000\r\n\r\n"),
        Sample("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .refused(.invalidHost), node: .accepts),
        Sample("GET / HTTP/1.1\r\nHost: user@x\r\n\r\n", .refused(.invalidHost), node: .accepts),
        Sample("GET / HTTP/1.1\r\nHost: http://x/\r\n\r\n", .refused(.invalidHost), node: .accepts),
        Sample("GET / HTTP/1.1\r\nHost: x:y\r\n\r\n", .refused(.invalidHost), node: .accepts),
        Sample("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .refused(.invalidHost), node: .accepts),
    ]
}
