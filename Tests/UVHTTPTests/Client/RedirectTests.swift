import Testing
import UVCore

@testable import UVHTTP

@Suite("Redirects, as the Fetch standard has them")
struct RedirectTests {
    private func decision(
        _ status: Int, _ location: String?, _ method: HTTPRequest.Method, _ body: OutgoingBody = .whole([1])
    ) throws -> Redirect.Decision {
        var reader = ResponseReader(HTTPLimits())
        reader.begin(answering: .get)
        let field = location.map { "Location: \($0)\r\n" } ?? ""
        let bytes = Array("HTTP/1.1 \(status) Moved\r\n\(field)\r\n".utf8)
        guard case .head = try reader.step(bytes.span.bytes, from: 0) else { throw HTTPParseError.unexpectedEnd }
        let fields: HTTPFields = [.authorization: "secret", .cookie: "a=b", .contentType: "text/plain", .accept: "*/*"]
        let url = try #require(HTTPURL("http://a/b/c"))
        return Redirect.decision(reader.head, to: OutgoingHead(method: method, url: url, fields: fields), body)
    }

    private func followed(
        _ status: Int, _ location: String?, _ method: HTTPRequest.Method, _ body: OutgoingBody = .whole([1])
    ) throws -> Redirect? {
        guard case .follow(let redirect) = try decision(status, location, method, body) else { return nil }
        return redirect
    }

    static let methods: [(Int, HTTPRequest.Method, HTTPRequest.Method)] = [
        (301, .post, .get), (302, .post, .get), (303, .post, .get), (307, .post, .post), (308, .post, .post),
        (301, .put, .put), (302, .delete, .delete), (303, .put, .get), (303, .head, .head), (303, .get, .get),
    ]

    @Test("The method changes where browsers change it, and the body goes with it", arguments: methods)
    func method(_ status: Int, _ before: HTTPRequest.Method, _ after: HTTPRequest.Method) throws {
        let redirect = try #require(try followed(status, "d", before))
        #expect(redirect.head.method == after)
        #expect(redirect.head.url.text == "http://a/b/d")
        #expect(redirect.keepsBody == (before == after))
        #expect((redirect.head.fields[.contentType] != nil) == (before == after))
        #expect(redirect.head.fields[.accept] == "*/*")
    }

    @Test(
        "Credentials stay at their origin: scheme, host and port",
        arguments: [("http://a:80/x", true), ("http://a:81/x", false), ("https://a/x", false), ("//b/x", false)])
    func credentials(_ location: String, _ areKept: Bool) throws {
        let fields = try #require(try followed(302, location, .get)).head.fields
        #expect((fields[.authorization] != nil) == areKept)
        #expect((fields[.cookie] != nil) == areKept)
    }

    @Test("A body that was sent in pieces is followed by 303 alone")
    func pieces() throws {
        #expect(try followed(303, "/", .post, .pieces(left: nil)) != nil)
        for status in [301, 302, 307, 308] {
            guard case .refuse = try decision(status, "/", .post, .pieces(left: nil)) else {
                Issue.record("\(status)")
                return
            }
        }
    }

    @Test(
        "A 303 to a GET or HEAD in pieces, whose method stays, is followed without the body",
        arguments: ["GET", "HEAD"])
    func piecesOfGet(_ name: String) throws {
        let method = try #require(HTTPRequest.Method(name))
        for left in [nil, 5] {
            let redirect = try #require(try followed(303, "/", method, .pieces(left: left)))
            #expect(redirect.head.method == method && !redirect.keepsBody)
            #expect(redirect.head.fields[.contentType] == nil && redirect.head.fields[.accept] == "*/*")
        }
    }

    @Test("Without a place, or with another status, it is an answer; to no URL of HTTP it is refused")
    func others() throws {
        for (status, location) in [(302, nil), (300, "/"), (304, "/"), (200, "/")] {
            guard case .none = try decision(status, location, .get) else {
                Issue.record("\(status)")
                return
            }
        }
        guard case .refuse = try decision(302, "ftp://a/", .get) else {
            Issue.record("ftp")
            return
        }
    }
}
