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

/// An answer that names its length, as it came.
private struct RawAnswer {
    let head: String
    let body: [UInt8]

    func has(_ text: String) -> Bool { head.contains(text) }
}

/// An answer that is given later.
@LoopActor
private final class Held {
    var response: ServerResponse?

    nonisolated init() {}
}

/// Sends requests on one connection, all at once, to a server that compresses, and reads the answers.
private func ask(
    _ starts: [String], _ handler: @escaping @LoopActor (IncomingMessage, ServerResponse) throws -> Void
) async -> [RawAnswer] {
    nonisolated(unsafe) var bytes: [UInt8] = []
    _ = await withLoop { _ in
        let router = Router()
        router.use(Compression())
        router.use { request, response, _ in try handler(request, response) }
        let server = HTTPServer(router)
        server.listen(port: 0) {
            let socket = Socket.connect(port: server.address?.port ?? 0, host: "127.0.0.1")
            for (index, start) in starts.enumerated() {
                let end = index == starts.count - 1 ? "Connection: close\r\n" : ""
                socket.write("\(start) HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\(end)\r\n")
            }
            socket.onData = { bytes += $0 }
            socket.onClose = { _ in server.close() }
        }
    }
    return answers(in: bytes, starts)
}

private func answers(in bytes: [UInt8], _ starts: [String]) -> [RawAnswer] {
    var rest = bytes[...]
    var found: [RawAnswer] = []
    for start in starts {
        guard
            let end = (rest.startIndex..<max(rest.startIndex, rest.endIndex - 3)).first(where: { index in
                rest[index..<index + 4].elementsEqual([13, 10, 13, 10])
            })
        else { break }
        let head = String(decoding: rest[..<end], as: UTF8.self).lowercased()
        let length = head.components(of: "content-length: ").flatMap { Int($0) } ?? 0
        let body = rest[(end + 4)...].prefix(start.hasPrefix("HEAD") ? 0 : length)
        found.append(RawAnswer(head: head, body: Array(body)))
        rest = rest[body.endIndex...]
    }
    return found
}

extension String {
    /// What stands behind `name`, to the end of the line.
    fileprivate func components(of name: String) -> String? {
        split(separator: "\r\n").first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) }
    }
}
