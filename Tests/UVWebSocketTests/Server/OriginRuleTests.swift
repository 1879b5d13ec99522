import Testing
import UVHTTP
import UVWebSocket

@Suite("Which pages may open a WebSocket")
struct OriginRuleTests {
    @Test(
        "A page of the same host and port may, by http or https, and what is no page",
        arguments: [
            (nil, "example.org"), (nil, nil), ("http://example.org", "example.org"),
            ("https://example.org", "example.org"), ("http://example.org:8080", "example.org:8080"),
            ("http://example.org", "example.org:80"), ("http://example.org:80", "example.org"),
            ("https://example.org", "example.org:443"), ("http://example.org", "Example.ORG"),
            ("http://[::1]:3000", "[::1]:3000"),
        ] as [(String?, String?)])
    func sameHost(origin: String?, authority: String?) {
        #expect(OriginRule.sameHost.admits(origin, to: authority))
    }

    @Test(
        "Another host, another port, a sandboxed page and what no browser sends may not",
        arguments: [
            ("http://example.org", nil), ("http://example.com", "example.org"),
            ("http://example.org.evil", "example.org"), ("http://evil.example.org", "example.org"),
            ("http://example.org:8080", "example.org"),
            ("http://example.org", "example.org:8080"), ("http://example.org:443", "example.org"),
            ("https://example.org", "example.org:80"), ("null", "example.org"), ("null", "null"), ("", ""),
            ("http://", ""), ("example.org", "example.org"), ("file://example.org", "example.org"),
            ("http://example.org, http://example.org", "example.org"), ("http://\u{212A}", "k"),
        ] as [(String, String?)])
    func foreign(origin: String, authority: String?) {
        #expect(!OriginRule.sameHost.admits(origin, to: authority))
        #expect(OriginRule.any.admits(origin, to: authority))
    }

    @Test("With a list its pages may, byte by byte, and no others, not even those of the same host")
    func list() throws {
        let rule = OriginRule.only([try WebOrigin("https://example.org"), try WebOrigin("http://localhost:3000")])
        for origin in ["https://example.org", "http://localhost:3000", nil] {
            #expect(rule.admits(origin, to: "example.net"))
        }
        for origin in ["http://example.org", "https://Example.org", "http://localhost", "null", "http://example.net"] {
            #expect(!rule.admits(origin, to: "example.net"))
        }
        #expect(!OriginRule.only([]).admits("http://example.net", to: "example.net"))
    }
}
