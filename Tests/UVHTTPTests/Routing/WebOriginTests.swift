import Testing

@testable import UVHTTP

@Suite("The origin of a page")
struct WebOriginTests {
    @Test(
        "It becomes what browsers send",
        arguments: [
            ("http://localhost:3000", "http://localhost:3000"), ("HTTP://Example.ORG:80", "http://example.org"),
            ("https://a.example.org:443", "https://a.example.org"), ("https://a:80", "https://a:80"),
            ("http://a:443", "http://a:443"), ("http://a:0080", "http://a"), ("http://a:65535", "http://a:65535"),
            ("http://[::1]:1", "http://[::1]:1"), ("http://[0:0:0:0:0:0:0:1]:80", "http://[::1]"),
            ("http://[2001:DB8:0:0:1:0:0:1]", "http://[2001:db8::1:0:0:1]"), ("http://[::]", "http://[::]"),
            ("http://[::ffff:1.2.3.4]", "http://[::ffff:102:304]"),
            ("http://[1:0:3:4:5:6:7:8]", "http://[1:0:3:4:5:6:7:8]"),
            ("http://[1::]", "http://[1::]"), ("http://127.0.0.1", "http://127.0.0.1"),
            ("http://a_b.c", "http://a_b.c"),
            ("http://xn--bcher-kva.example", "http://xn--bcher-kva.example"), ("http://a.", "http://a."),
            ("chrome-extension://abcdef", "chrome-extension://abcdef"), ("http://1.a", "http://1.a"),
        ])
    func normalized(text: String, expected: String) throws {
        let origin = try WebOrigin(text)
        #expect(origin.text == expected)
        #expect(origin.isNamed(by: expected))
        #expect(!origin.isNamed(by: expected + "/"))
        #expect(try WebOrigin(expected) == origin, "and that again is the same")
    }

    @Test(
        "What no browser sends is refused with a reason",
        arguments: [
            "", "null", "*", "a", "http:a", "http://", "://a", "http:///", "http://a/", "http://a/b", "http://a?b",
            "http://a#b", "http://user@a", "http://u:p@a", "http://@a", "http://a:", "http://a:0", "http://a:65536",
            "http://a:99999999999999999999", "http://a:8o", "http://a:+80", "http://a: 80", "http://a:80:80",
            "http://:80",
            "http://a b", " http://a", "http://a\n", "http://bücher.example", "http://a%2eb", "http://a..b",
            "http://.a",
            "http://[::1", "http://[::1]x", "http://::1", "http://[::1%25eth0]", "http://[1:2]", "http://[:::]",
            "http://[1:2:3:4:5:6:7:8:9]", "http://[1::2::3]", "http://[12345::]", "http://[::1.2.3]", "http://127.1",
            "http://0x7f.1", "http://2130706433", "http://127.0.0.01", "http://256.0.0.1", "http://a.1", "http://a.0x",
            "ws://a", "file://a", "1http://a", "ht tp://a", "http://a\\b", "http://*.example.org", "http://a,http://b",
            "http://\(String(repeating: "a", count: 64))",
        ])
    func refused(text: String) {
        let error = #expect(throws: WebOrigin.Invalid.self) { try WebOrigin(text) }
        #expect(error?.reason.isEmpty == false)
    }

    @Test("A label may have 63 letters, and a name 253")
    func longest() throws {
        let label = String(repeating: "a", count: 63)
        #expect(try WebOrigin("http://\(label)").text == "http://\(label)")
        let name = "\(label).\(label).\(label).\(String(repeating: "a", count: 61))"
        #expect(try WebOrigin("http://\(name)").text == "http://\(name)")
        #expect(throws: WebOrigin.Invalid.self) { try WebOrigin("http://\(name)a") }
    }

    @Test("Letters that Unicode takes for the same are other ones")
    func bytes() throws {
        let origin = try WebOrigin("http://k")
        #expect(!origin.isNamed(by: "http://\u{212A}"))
        #expect(!origin.isNamed(by: "HTTP://k"))
        #expect(!origin.isNamed(by: "http://k\u{301}"))
    }
}
