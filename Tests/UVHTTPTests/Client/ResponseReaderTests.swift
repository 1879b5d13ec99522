import Testing

@testable import UVHTTP

@Suite("ResponseReader: what a client makes of answers")
struct ResponseReaderTests {
    @Test("An answer that is cut at any byte means the same", arguments: ClientAnswer.all)
    func cuts(_ answer: ClientAnswer) {
        let whole = ClientOutcome(reading: answer)
        for cut in 0...answer.bytes.count {
            var outcome = ClientOutcome(reading: answer, cutAt: [cut])
            // What comes behind a switch of protocols is not the reader's.
            if whole.ending == "upgrade" { outcome.body = whole.body }
            #expect(outcome == whole, "cut at \(cut)")
        }
        var outcome = ClientOutcome(reading: answer, cutAt: Array(0..<answer.bytes.count))
        if whole.ending == "upgrade" { outcome.body = whole.body }
        #expect(outcome == whole, "byte by byte")
    }

    @Test(
        "Node's http.request makes the same of each answer, cut at any byte, or the table says why not",
        .enabled(if: NodeParser.executable != nil, "Node 20 is not installed"))
    func likeNode() throws {
        let outcomes = try NodeClient.read(ClientAnswer.all)
        try #require(outcomes.count == ClientAnswer.all.count)
        for (answer, node) in zip(ClientAnswer.all, outcomes) {
            let ours = ClientOutcome(reading: answer)
            let isSame = node == [ours]
            #expect(isSame == (answer.difference == nil), "\(answer.testDescription): \(ours), Node: \(node)")
        }
    }

    @Test("A head at the limit is taken, one byte more is refused, in one piece and byte by byte")
    func headLimit() {
        let start = "HTTP/1.1 204 No Content\r\nA: "
        var limits = HTTPLimits()
        limits.head = 200
        for (length, ending) in [(200, "end"), (201, "HPE_HEADER_OVERFLOW")] {
            let answer = ClientAnswer(start + String(repeating: "b", count: length - start.utf8.count - 4) + "\r\n\r\n")
            #expect(ClientOutcome(reading: answer, limits: limits).ending == ending)
            #expect(ClientOutcome(reading: answer, cutAt: Array(0..<length), limits: limits).ending == ending)
        }
    }

    @Test(
        "As many fields as the limit are taken, one more is refused",
        arguments: [(3, "end"), (4, "HPE_HEADER_OVERFLOW")])
    func fieldLimit(_ count: Int, _ ending: String) {
        var limits = HTTPLimits()
        limits.fields = 3
        let fields = String(repeating: "A: b\r\n", count: count)
        let answers = [
            ClientAnswer("HTTP/1.1 204 No Content\r\n\(fields)\r\n"),
            ClientAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\(fields)\r\n"),
        ]
        for answer in answers { #expect(ClientOutcome(reading: answer, limits: limits).ending == ending) }
    }

    @Test("Sixteen heads may come before the answer, seventeen may not")
    func interimLimit() {
        for (count, ending) in [(16, "end"), (17, "ERR_HTTP_TOO_MANY_INTERIM_HEADS")] {
            let heads = String(repeating: "HTTP/1.1 103 Early Hints\r\n\r\n", count: count)
            let outcome = ClientOutcome(reading: ClientAnswer(heads + "HTTP/1.1 204 No Content\r\n\r\n"))
            #expect(outcome.ending == ending)
            #expect(outcome.interim.count == 16)
        }
    }

    @Test(
        "64 KiB of heads may come before the answer, and not a byte more",
        arguments: [(0, "end"), (1, "ERR_HTTP_TOO_MANY_INTERIM_HEADS")])
    func interimBytes(_ more: Int, _ ending: String) {
        func head(_ count: Int) -> String {
            let start = "HTTP/1.1 103 Early Hints\r\nLink: "
            return start + String(repeating: "l", count: count - start.utf8.count - 4) + "\r\n\r\n"
        }
        let heads = String(repeating: head(13_000), count: 5) + head(65_536 - 65_000 + more)
        #expect(ClientOutcome(reading: ClientAnswer(heads + "HTTP/1.1 204 No Content\r\n\r\n")).ending == ending)
    }

    @Test("Chunk extensions at the limit are taken, one byte more is refused")
    func extensionLimit() {
        var limits = HTTPLimits()
        limits.chunkExtensions = 100
        for (count, ending) in [(100, "end"), (101, "HPE_CHUNK_EXTENSIONS_OVERFLOW")] {
            let extensions = ";" + String(repeating: "a", count: count - 1)
            let answer = ClientAnswer(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\(extensions)\r\nx\r\n0\r\n\r\n")
            #expect(ClientOutcome(reading: answer, limits: limits).ending == ending)
        }
    }

    @Test("The content of an answer has no limit of the server's")
    func noBodyLimit() {
        var limits = HTTPLimits()
        limits.body = 1
        let answer = ClientAnswer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        #expect(ClientOutcome(reading: answer, limits: limits).body == "hello")
    }
}
