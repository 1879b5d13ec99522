import Testing
import UVCore

@testable import UVHTTP

@Suite("What a client sends")
struct OutgoingTests {
    private func head(
        _ method: HTTPRequest.Method, _ fields: HTTPFields = [:], _ body: OutgoingBody = .whole([])
    ) throws -> String {
        let url = try #require(HTTPURL("http://a:81/b?c"))
        return String(
            decoding: OutgoingHead(method: method, url: url, fields: fields).bytes(framing: body), as: UTF8.self)
    }

    @Test("A head has the host first, the program's fields in their order, and what frames the body")
    func head() throws {
        #expect(
            try head(.get, [.accept: "*/*"])
                == "GET /b?c HTTP/1.1\r\nHost: a:81\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n")
        #expect(try head(.post).hasSuffix("Connection: keep-alive\r\nContent-Length: 0\r\n\r\n"))
        #expect(try head(.get, [:], .whole([1, 2])).hasSuffix("Content-Length: 2\r\n\r\n"))
        #expect(try head(.put, [:], .pieces(left: nil)).hasSuffix("Transfer-Encoding: chunked\r\n\r\n"))
        #expect(try head(.put, [:], .pieces(left: 7)).hasSuffix("Content-Length: 7\r\n\r\n"))
    }

    @Test("A program cannot frame a body twice, nor begin another field")
    func smuggling() throws {
        let text = try head(.post, [.contentLength: "9", .transferEncoding: "chunked", .accept: "a"], .whole([1]))
        #expect(text.components(of: "Content-Length") == 2)
        #expect(text.components(of: "Transfer-Encoding") == 1)
        #expect(try head(.get, [.accept: "a\r\nX: y"]).components(of: "\r\n") == 6)
    }

    private func frame(_ bytes: [UInt8], of body: inout OutgoingBody) -> [UInt8]? { body.frame(bytes.span.bytes) }

    @Test("A body is as long as was announced: one byte more is none, and so is one less at its end")
    func length() {
        var body = OutgoingBody.pieces(left: 3)
        let (two, tooMuch, one) = (frame([1, 2], of: &body), frame([3, 4], of: &body), frame([3], of: &body))
        #expect(two == [1, 2] && tooMuch == nil && one == [3])
        #expect(body.end([]) == [])
        #expect(OutgoingBody.pieces(left: 1).end([]) == nil)
    }

    @Test("The examples of RFC 7617 and RFC 4648")
    func basic() {
        #expect(Authorization.basic(user: "Aladdin", password: "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(Authorization.basic(user: "fo", password: "") == "Basic Zm86")
        #expect(Authorization.basic(user: "foob", password: "r") == "Basic Zm9vYjpy")
        #expect(Authorization.basic(user: "foo", password: "") == "Basic Zm9vOg==")
    }

    @Test("How long a server keeps a connection is read from Keep-Alive")
    func keepAlive() {
        #expect(KeepAlive.timeout(in: "timeout=5, max=100") == .seconds(5))
        #expect(KeepAlive.timeout(in: "max=1, Timeout=20") == .seconds(20))
        for text in ["", "timeout", "timeout=", "timeout=x", "max=5", "timeout=9999999999"] {
            #expect(KeepAlive.timeout(in: text) == nil)
        }
    }
}
