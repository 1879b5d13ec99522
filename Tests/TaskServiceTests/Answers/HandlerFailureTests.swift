import HTTPTypes
import LoopTesting
import Testing
import UVCore
import UVHTTP

@testable import TaskService

@Suite("A handler that fails")
struct HandlerFailureTests {
    private struct Broken: Error {}

    @Test("What it said of its own body does not frame the error's")
    func framing() async throws {
        let received = Log()
        let code = await withLoop { loop in
            let server = TaskServer.forTest()
            server.router.get("/broken") { (_: IncomingMessage, response: ServerResponse) throws -> Void in
                response.setHeader(.contentLength, "5")
                response.setHeader(.contentEncoding, "gzip")
                response.setHeader(.eTag, "\"5\"")
                throw Broken()
            }
            server.http.listen(port: 0) {
                let socket = Socket.connect(port: server.http.address?.port ?? 0, host: "127.0.0.1")
                socket.onData = { received(String(decoding: $0, as: UTF8.self)) }
                socket.onClose = { _ in server.http.close() }
                socket.write("GET /broken HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            }
        }
        #expect(code == 0)
        let text = received.lines.joined()
        let parts = text.components(separatedBy: "\r\n\r\n")
        let (head, body) = (parts[0], parts.count > 1 ? parts[1] : "")
        #expect(head.hasPrefix("HTTP/1.1 500 "))
        #expect(body.hasPrefix(#"{"error":{"code":"INTERNAL_ERROR","#) && body.hasSuffix("}}"))
        #expect(head.contains("\r\nContent-Length: \(body.utf8.count)"))
        #expect(!head.contains("gzip") && !head.contains("ETag"))
    }
}

extension String {
    /// Foundation's, without Foundation.
    fileprivate func components(separatedBy separator: String) -> [Substring] {
        var (parts, rest) = ([Substring](), self[...])
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
