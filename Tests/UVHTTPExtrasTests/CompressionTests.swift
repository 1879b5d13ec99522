import HTTPTypes
import LoopTesting
import Testing
import UVCompression
import UVCore
import UVHTTP
import UVHTTPExtras

@Suite("Compressed answers")
struct CompressionTests {
    @Test(
        "An answer that is given whole names its compressed length, and HEAD has the same fields but for that",
        arguments: [1_023, 1_024, 50_000])
    func whole(count: Int) async throws {
        let text = String(repeating: "a", count: count)
        let answers = await ask(["GET /x", "HEAD /x"]) { _, response in
            response.setHeader(.contentType, "application/json")
            response.setHeader(.eTag, "\"1\"")
            response.end(text)
        }
        let isShort = count < 1_024
        for answer in answers {
            #expect(answer.has("vary: accept-encoding"))
            #expect(answer.has("content-encoding: gzip") == !isShort && answer.has("etag: w/\"1\"") == !isShort)
        }
        guard answers.count == 2 else { return #expect(Bool(false), "\(answers.count) answers") }
        #expect(answers[0].has("content-length: \(answers[0].body.count)"))
        #expect(answers[1].body.isEmpty && !answers[1].has("content-length"))
        let body = isShort ? answers[0].body : try Decompressor.inflate(answers[0].body, .gzip, limit: count)
        #expect(body == [UInt8](text.utf8))
    }

    @Test("What says no is left as it is")
    func untouched() async {
        let text = String(repeating: "a", count: 5_000)
        for (field, value) in [
            ("Content-Type", "image/png"), ("Content-Type", "text/event-stream; charset=utf-8"),
            ("Content-Encoding", "br"), ("Cache-Control", "max-age=1, No-Transform"),
            ("Content-Range", "bytes 0-4999/9999"),
        ] {
            let answers = await ask(["GET /x"]) { _, response in
                response.setHeader(.contentType, "text/plain")
                if let name = HTTPFieldName(field) { response.setHeader(name, value) }
                response.end(text)
            }
            #expect(answers.first?.body == [UInt8](text.utf8), "\(field): \(value)")
            #expect(answers.first?.has("vary") == false && answers.first?.has("gzip") == false)
        }
    }

    @Test("A handler that fails behind its first bytes, in line behind another, is answered in plain text")
    func failing() async {
        let first = Held()
        let answers = await ask(["GET /first", "GET /second"]) { request, response in
            response.setHeader(.contentType, "text/plain")
            if request.path == "/first" { return first.response = response }
            response.write(String(repeating: "#", count: 5_000))
            // Nothing of it was sent: the first is not ended.
            EventLoop.current.setImmediate { first.response?.end("first") }
            throw HTTPError(.serviceUnavailable, "Not now.")
        }
        #expect(answers.count == 2 && answers.first?.body == [UInt8]("first".utf8))
        #expect(answers.last?.has("503") == true || answers.last?.has("500") == true)
        #expect(answers.last?.has("content-encoding") == false)
        #expect(answers.last?.body.contains(UInt8(ascii: "#")) == false)
    }
}

private typealias HTTPFieldName = HTTPField.Name

/// An answer that is given later.
@LoopActor
private final class Held {
    var response: ServerResponse?

    nonisolated init() {}
}
