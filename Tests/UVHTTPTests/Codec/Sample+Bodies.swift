@testable import UVHTTP

private func connection(_ lines: String) -> Sample {
    Sample("GET / HTTP/1.1\r\nHost: x\r\n\(lines)\r\n\r\n")
}

private func post(
    _ lines: String, body: String = "", _ outcome: Sample.Outcome = .accepted(1), node: Sample.Comparison = .asWeDo
) -> Sample {
    Sample("POST / HTTP/1.1\r\nHost: x\r\n\(lines)\r\n\r\n\(body)", outcome, node: node)
}

private func chunked(
    _ body: String, _ outcome: Sample.Outcome = .accepted(1), node: Sample.Comparison = .asWeDo
) -> Sample {
    post("Transfer-Encoding: chunked", body: body, outcome, node: node)
}

extension Sample {
    static let connections = [
        connection("Connection: close"),
        connection("Connection: keep-alive, close"),
        connection("Connection: foo, Upgrade"),
        connection("Proxy-Connection: close"),
        connection("Expect: 100-continue"),
        connection("Expect: meow"),
        Sample("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
    ]

    static let lengths = [
        post("Content-Length: 3", body: "abc"),
        post("Content-Length: 0"),
        post("Content-Length: 003", body: "abc"),
        post("content-LENGTH:3 ", body: "abcGET / HTTP/1.1\r\n\r\n", .accepted(2)),
        post("Content-Length: 3", body: "ab", .incomplete),
        post("Content-Length:", .refused(.invalidContentLength)),
        post("Content-Length: +3", .refused(.invalidContentLength)),
        post("Content-Length: -3", .refused(.invalidContentLength)),
        post("Content-Length: 0x3", .refused(.invalidContentLength)),
        post("Content-Length: 3 3", .refused(.invalidContentLength)),
        post("Content-Length: 3, 3", .refused(.invalidContentLength)),
        post("Content-Length:\t3 \t ", body: "abc", node: .otherCode("HPE_INVALID_CONTENT_LENGTH")),
        post("Content-Length: 3\t3", .refused(.invalidContentLength)),
        post("Content-Length: 9223372036854775807", .refused(.bodyTooLarge), node: .accepts),
        post("Content-Length: 9223372036854775808", .refused(.invalidContentLength), node: .accepts),
        post("Content-Length: 18446744073709551616", .refused(.invalidContentLength)),
        post("Content-Length: 3\r\nContent-Length: 4", .refused(.repeatedContentLength)),
        post("Content-Length: 3\r\nContent-Length: 3", .refused(.repeatedContentLength)),
        post("Content-Length: 3\r\nTransfer-Encoding: chunked", .refused(.transferEncodingBesideContentLength)),
        post("Transfer-Encoding: chunked\r\nContent-Length: 3", .refused(.contentLengthBesideTransferEncoding)),
        post("Transfer-Encoding: gzip\r\nContent-Length: 3", .refused(.contentLengthBesideTransferEncoding)),
        post("Transfer-Encoding: CHUNKED ", body: "0\r\n\r\n"),
        post("Transfer-Encoding: gzip, chunked", body: "0\r\n\r\n", .refused(.unknownTransferCoding), node: .accepts),
        post(
            "Transfer-Encoding: gzip\r\nTransfer-Encoding:\tchunked", body: "0\r\n\r\n",
            .refused(.unknownTransferCoding), node: .accepts),
        post("Transfer-Encoding: gzip", .refused(.unknownTransferCoding)),
        post("Transfer-Encoding: gzip, br", .refused(.unknownTransferCoding)),
        post("Transfer-Encoding: identity", .refused(.unknownTransferCoding)),
        post("Transfer-Encoding: xchunked", .refused(.unknownTransferCoding)),
        post("Transfer-Encoding: chunkedx", .refused(.unknownTransferCoding)),
        post(
            "Transfer-Encoding: \t chunked \t", body: "0\r\n\r\n", node: .otherCode("HPE_INVALID_TRANSFER_ENCODING")),
        post("Transfer-Encoding: chunked\tx", .refused(.invalidTransferEncoding)),
        post("Transfer-Encoding: chunked, gzip", .refused(.invalidTransferEncoding)),
        post("Transfer-Encoding: chunked, chunked", .refused(.invalidTransferEncoding)),
        post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", .refused(.invalidTransferEncoding)),
        post("Transfer-Encoding: chunked,", .refused(.invalidTransferEncoding)),
        post("Transfer-Encoding: ,chunked", body: "0\r\n\r\n", .refused(.invalidTransferEncoding), node: .accepts),
        post("Transfer-Encoding:", .refused(.invalidTransferEncoding), node: .accepts),
        post("Transfer-Encoding: chunked;a=b", .refused(.invalidTransferEncoding)),
        post("Transfer-Encoding: \"chunked\"", .refused(.invalidTransferEncoding)),
        post("Transfer-Encoding: chunked gzip", .refused(.invalidTransferEncoding)),
        post("Transfer-Encoding: a;q=\"b, chunked", .refused(.invalidTransferEncoding), node: .accepts),
        Sample(
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .refused(.transferEncodingInHTTP10),
            node: .accepts),
    ]

    static let chunks = [
        chunked("0\r\n\r\n"),
        chunked("3\r\nabc\r\n0\r\n\r\n"),
        chunked("3\r\nabc\r\nA\r\n0123456789\r\n000\r\n\r\nGET / HTTP/1.1\r\n\r\n", .accepted(2)),
        chunked("3;a\r\nabc\r\n0;b=c;d=\"e \\\" f\"\r\n\r\n"),
        chunked("0\r\nA: b\r\nC: d\r\n\r\n"),
        chunked("3\r\nab", .incomplete),
        chunked("zz\r\n", .refused(.invalidChunkSize)),
        chunked("\r\n", .refused(.invalidChunkSize)),
        chunked("-1\r\n", .refused(.invalidChunkSize)),
        chunked("0x3\r\n", .refused(.invalidChunkSize)),
        chunked(" 3\r\n", .refused(.invalidChunkSize)),
        chunked("3 \r\n", .refused(.invalidChunkSize)),
        chunked("10000000000000000\r\n", .refused(.invalidChunkSize)),
        chunked("0000000000000003\r\nabc\r\n0\r\n\r\n", .refused(.invalidChunkSize), node: .accepts),
        chunked("fffffffffffffff\r\n", .refused(.bodyTooLarge), node: .accepts),
        chunked("3\nabc", .refused(.bareLineFeed)),
        chunked("3\rabc", .refused(.missingLineFeed)),
        chunked("3\r\nabcd", .refused(.missingChunkEnd)),
        chunked("3\r\nabc\rX", .refused(.missingChunkEnd)),
        chunked("3\r\nabc\n", .refused(.missingChunkEnd), node: .otherCode("HPE_CR_EXPECTED")),
        chunked("3;\r\n", .refused(.invalidChunkExtension)),
        chunked("3;=b\r\n", .refused(.invalidChunkExtension), node: .accepts),
        chunked("3;a;;b\r\n", .refused(.invalidChunkExtension), node: .accepts),
        chunked("3;a=\r\n", .refused(.invalidChunkExtension), node: .accepts),
        chunked("3; a\r\n", .refused(.invalidChunkExtension)),
        chunked("3;a=b c\r\n", .refused(.invalidChunkExtension)),
        chunked("3;a=\"b\"c\r\n", .refused(.invalidChunkExtension)),
        chunked("3;a=b\"c\"\r\n", .refused(.invalidChunkExtension), node: .accepts),
        chunked("3;a=\"b\r\n", .refused(.invalidChunkExtension)),
        chunked("3;a=\"\\\u{1}\"\r\n", .refused(.invalidChunkExtension)),
        chunked("3;a\n", .refused(.bareLineFeed)),
        chunked("3;a\rX", .refused(.missingLineFeed)),
        chunked("0\r\n\rX", .refused(.missingLineFeed)),
        chunked("0\r\n\n", .refused(.invalidFieldName)),
        chunked("0\r\nA : b\r\n\r\n", .refused(.spaceBeforeColon)),
        chunked("0\r\nA: b\n\r\n", .refused(.bareLineFeed)),
        chunked("0\r\nA: b\u{1}\r\n\r\n", .refused(.invalidFieldValue)),
        chunked("0\r\nA: b\r\n c\r\n\r\n", .refused(.lineFolding)),
        chunked(
            "0\r\nContent-Length: 3\r\n\r\n", .refused(.forbiddenTrailer),
            node: .otherCode("HPE_INVALID_CONTENT_LENGTH")),
        chunked(
            "0\r\nTransfer-Encoding: chunked\r\n\r\n", .refused(.forbiddenTrailer),
            node: .otherCode("HPE_INVALID_TRANSFER_ENCODING")),
        chunked("0\r\nConnection: close\r\n\r\n", .refused(.forbiddenTrailer), node: .accepts),
        chunked("0\r\nHost: x\r\n\r\n", .refused(.forbiddenTrailer), node: .accepts),
        chunked("0\r\nA: b\r\nauthorization: Bearer x\r\nC: d\r\n\r\n", .refused(.forbiddenTrailer), node: .accepts),
    ]
}
