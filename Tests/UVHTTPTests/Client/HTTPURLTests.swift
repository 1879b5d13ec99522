import Testing

@testable import UVHTTP

@Suite("HTTPURL: where a request goes")
struct HTTPURLTests {
    /// The examples of RFC 3986 sections 5.4.1 and 5.4.2 whose result is a URL of HTTP.
    static let references = [
        ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"), ("?y", "/b/c/d;p?y"), ("g?y", "/b/c/g?y"),
        ("#s", "/b/c/d;p?q"), ("g#s", "/b/c/g"), ("g?y#s", "/b/c/g?y"), (";x", "/b/c/;x"), ("g;x", "/b/c/g;x"),
        ("", "/b/c/d;p?q"), (".", "/b/c/"), ("./", "/b/c/"), ("..", "/b/"), ("../", "/b/"), ("../g", "/b/g"),
        ("../..", "/"), ("../../", "/"), ("../../g", "/g"), ("../../../g", "/g"), ("../../../../g", "/g"),
        ("/./g", "/g"), ("/../g", "/g"), ("g.", "/b/c/g."), (".g", "/b/c/.g"), ("g..", "/b/c/g.."), ("..g", "/b/c/..g"),
        ("./../g", "/b/g"), ("./g/.", "/b/c/g/"), ("g/./h", "/b/c/g/h"), ("g/../h", "/b/c/h"),
        ("g;x=1/./y", "/b/c/g;x=1/y"), ("g;x=1/../y", "/b/c/y"), ("g?y/../x", "/b/c/g?y/../x"),
    ]

    @Test("A reference is resolved as RFC 3986 section 5.4 shows", arguments: references)
    func resolving(_ reference: String, _ target: String) throws {
        let base = try #require(HTTPURL("http://a/b/c/d;p?q"))
        #expect(base.resolving(reference)?.text == "http://a\(target)")
    }

    @Test("A reference with a host, or a scheme, leads elsewhere; one of another scheme nowhere")
    func otherOrigins() throws {
        let base = try #require(HTTPURL("https://a:444/b"))
        #expect(base.resolving("//c/d")?.text == "https://c/d")
        #expect(base.resolving("HTTP://C:80/d")?.text == "http://c/d")
        #expect(base.resolving("ftp://c/d") == nil)
        #expect(base.resolving("http:g") == nil)
        #expect(base.resolving("javascript:1") == nil)
        #expect(base.resolving("//c:0/") == nil)
        #expect(base.resolving("/ä b")?.target == "/%C3%A4%20b")
        #expect(base.resolving("/a\r\nb") == nil)
    }

    @Test(
        "A port from 1 to 65535 is taken, its neighbours are not",
        arguments: [("0", false), ("1", true), ("65535", true), ("65536", false), ("080", true), ("8a", false)])
    func port(_ port: String, _ isTaken: Bool) { #expect((HTTPURL("http://a:\(port)/") != nil) == isTaken) }

    @Test("An address of IPv6 is written in its short form, and stands in brackets")
    func addresses() throws {
        let url = try #require(HTTPURL("http://[0:0::1]:81?q"))
        #expect(url.host == "::1" && url.authority == "[::1]:81" && url.target == "/?q")
        #expect(HTTPURL("http://[::1/") == nil)
        #expect(HTTPURL("http://[::g]/") == nil)
    }
}
