import Testing

@testable import UVHTTP

/// The raw inputs of exercise 37 and what Node 20 in its strict mode made of them.
@Suite("Exercise 37, strict")
struct NodeMatrixTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        var status = 400

        /// What `clientError` shows; nil where the request was handled.
        let code: String?
    }

    private static let host = "Host: x\r\n"
    private static let close = "Connection: close\r\n"
    private static let chunked = "POST / HTTP/1.1\r\n\(host)\(close)Transfer-Encoding: chunked\r\n\r\n"

    private static func get(_ lines: String) -> String { "GET / HTTP/1.1\r\n\(host)\(close)\(lines)\r\n" }
    private static func post(_ lines: String) -> String { "POST / HTTP/1.1\r\n\(host)\(close)\(lines)\r\n" }
    private static func many(_ count: Int) -> String { String(repeating: "a", count: count) }

    static let rows = [
        Row(testDescription: "garbage", text: "NOT HTTP\r\n\r\n", code: "HPE_INVALID_METHOD"),
        Row(testDescription: "no Host (1.1)", text: "GET / HTTP/1.1\r\n\(close)\r\n", code: nil),
        Row(testDescription: "no Host (1.0)", text: "GET / HTTP/1.0\r\n\r\n", code: nil),
        Row(
            testDescription: "header block > 16 KiB", text: get("X: \(many(16_384))\r\n"), status: 431,
            code: "HPE_HEADER_OVERFLOW"),
        Row(testDescription: "header block just under", text: get("X: \(many(16_000))\r\n"), code: nil),
        Row(
            testDescription: "bare LF line ends", text: "GET / HTTP/1.1\nHost: x\nConnection: close\n\n",
            code: "HPE_INVALID_VERSION"),
        Row(testDescription: "space before colon", text: get("A : b\r\n"), code: "HPE_INVALID_HEADER_TOKEN"),
        Row(
            testDescription: "CL and TE",
            text: post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n",
            code: "HPE_INVALID_TRANSFER_ENCODING"),
        Row(
            testDescription: "TE not final chunked", text: post("Transfer-Encoding: chunked, gzip\r\n"),
            code: "HPE_INVALID_TRANSFER_ENCODING"),
        Row(
            testDescription: "two different CL", text: post("Content-Length: 1\r\nContent-Length: 2\r\n") + "ab",
            code: "HPE_UNEXPECTED_CONTENT_LENGTH"),
        Row(testDescription: "obs-fold", text: get("A: b\r\n c\r\n"), code: "HPE_INVALID_HEADER_TOKEN"),
        Row(testDescription: "bad chunk size", text: chunked + "zz\r\n", code: "HPE_INVALID_CHUNK_SIZE"),
        Row(
            testDescription: "chunk ext > 16 KiB", text: chunked + "1;\(many(17_000))\r\nx\r\n0\r\n\r\n", status: 413,
            code: "HPE_CHUNK_EXTENSIONS_OVERFLOW"),
        Row(testDescription: "control char in value", text: get("A: b\u{1}c\r\n"), code: "HPE_INVALID_HEADER_TOKEN"),
        Row(
            testDescription: "no method", text: "F(OO / HTTP/1.1\r\n\(host)\(close)\r\n",
            code: "HPE_INVALID_METHOD"),
        // Node answers it 400.
        Row(
            testDescription: "unknown method", text: "FOO / HTTP/1.1\r\n\(host)\(close)\r\n", status: 501,
            code: "HPE_INVALID_METHOD"),
        // The one row where we are stricter: Node handles it.
        Row(
            testDescription: "HTTP/2.0 version", text: "GET / HTTP/2.0\r\n\(host)\(close)\r\n",
            code: "HPE_INVALID_VERSION"),
        Row(
            testDescription: "truncated head then FIN", text: "GET / HTTP/1.1\r\nHos", code: "HPE_INVALID_EOF_STATE"),
    ]

    @Test("A row has Node's status and code", arguments: rows)
    func row(_ row: Row) {
        var reader = WireReader()
        reader.feed(row.text.utf8)
        var error = reader.error
        do throws(HTTPParseError) {
            if error == nil { try reader.finish() }
        } catch let refusal {
            error = refusal
        }
        #expect(error?.code == row.code)
        #expect(error == nil || error?.status == row.status)
        #expect(error != nil || reader.messages.map(\.isComplete) == [true])
    }

    @Test("The rows without Host differ in the version, which decides whether that is an error")
    func hosts() throws {
        let modern = try #require(Reading(Array(Self.rows[1].text.utf8)).messages.first).head
        let old = try #require(Reading(Array(Self.rows[2].text.utf8)).messages.first).head
        #expect(modern.hostCount == 0 && modern.minorVersion == 1)
        #expect(old.hostCount == 0 && old.minorVersion == 0)
    }
}
