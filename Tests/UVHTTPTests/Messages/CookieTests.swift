import LoopTesting
import Testing

@testable import UVHTTP

@Suite("Cookies")
struct CookieTests {
    @Test(
        "What a client sends is read, and what is malformed is skipped",
        arguments: [
            (nil, []), ("", []), ("a=1", ["a", "1"]), ("a=1; b=2", ["a", "1", "b", "2"]),
            ("a=1;b=2;", ["a", "1", "b", "2"]),
            (";; ;a = 1 ;", ["a", "1"]), ("a", []), ("=1; b=2", ["b", "2"]), (" =; b", []), ("a=", ["a", ""]),
            ("a=b=c", ["a", "b=c"]), ("a=\"1 2\"", ["a", "1 2"]), ("a=\"", ["a", "\""]), ("a=\"\"", ["a", ""]),
            ("a=\"1", ["a", "\"1"]), ("a=%41+", ["a", "%41+"]), ("a=1, b=2", ["a", "1, b=2"]),
            ("\ta\t=\t1", ["a", "1"]), ("é=ü", ["é", "ü"]), ("a b=1", ["a b", "1"]),
        ] as [(String?, [String])])
    func cookies(text: String?, expected: [String]) {
        let cookies = RequestCookies(text)
        #expect(cookies.flatMap { [$0.name, $0.value] } == expected)
        #expect(cookies.isEmpty == expected.isEmpty)
    }

    @Test("The first of a name counts, and no letter is folded")
    func names() {
        let cookies = RequestCookies("a=1; A=2; a=3; aa=4")
        #expect(["a", "A", "aa", "b", ""].map { cookies[$0] } == ["1", "2", "4", nil, nil])
    }

    @Test(
        "A cookie is one line",
        arguments: [
            (Cookie(name: "a", value: ""), "a=; Path=/; HttpOnly; SameSite=Lax"),
            (Cookie(name: "a", value: "1", path: nil, httpOnly: false, sameSite: .unspecified), "a=1"),
            (
                Cookie(
                    name: "__Host-a", value: "1", maxAge: .milliseconds(1_001), expires: .milliseconds(784_111_777_999),
                    secure: true, sameSite: .strict),
                "__Host-a=1; Path=/; Max-Age=2; Expires=Sun, 06 Nov 1994 08:49:37 GMT; Secure; HttpOnly; SameSite=Strict"
            ),
            (
                Cookie(
                    name: "a", value: "1", path: "/x y", domain: "a-1.example", maxAge: .seconds(-5), secure: true,
                    sameSite: .none),
                "a=1; Path=/x y; Domain=a-1.example; Max-Age=0; Secure; HttpOnly; SameSite=None"
            ),
            (
                Cookie(name: "a", value: "1", maxAge: .seconds(Int64.max), expires: .seconds(Int64.max)),
                "a=1; Path=/; Max-Age=253402300799; Expires=Fri, 31 Dec 9999 23:59:59 GMT; HttpOnly; SameSite=Lax"
            ),
        ])
    func line(cookie: Cookie, expected: String) throws {
        #expect(try cookie.line() == expected)
    }

    @Test(
        "A cookie that a client would not keep is an error that says why",
        arguments: [
            (Cookie(name: "", value: ""), .name), (Cookie(name: "a=b", value: ""), .name),
            (Cookie(name: "a b", value: ""), .name),
            (Cookie(name: "ä", value: ""), .name), (Cookie(name: "a\r\n", value: ""), .name),
            (Cookie(name: "a", value: " "), .value), (Cookie(name: "a", value: "\""), .value),
            (Cookie(name: "a", value: ","), .value), (Cookie(name: "a", value: ";"), .value),
            (Cookie(name: "a", value: "\\"), .value), (Cookie(name: "a", value: "\u{7F}"), .value),
            (Cookie(name: "a", value: "é"), .value), (Cookie(name: "a", value: "1\nb=2"), .value),
            (Cookie(name: "a", value: "1", path: ""), .path), (Cookie(name: "a", value: "1", path: "x"), .path),
            (Cookie(name: "a", value: "1", path: "/;"), .path), (Cookie(name: "a", value: "1", path: "/é"), .path),
            (Cookie(name: "a", value: "1", domain: ""), .domain),
            (Cookie(name: "a", value: "1", domain: "a; x"), .domain),
            (Cookie(name: "a", value: String(repeating: "b", count: 4_096)), .tooLong),
            (Cookie(name: "a", value: "1", path: "/" + String(repeating: "b", count: 1_024)), .tooLong),
            (Cookie(name: "a", value: "1", domain: String(repeating: "b", count: 1_025)), .tooLong),
            (Cookie(name: "a", value: "1", sameSite: .none), .notSecure),
            (Cookie(name: "__secure-a", value: "1"), .notSecure),
            (Cookie(name: "__Host-a", value: "1"), .notSecure),
            (Cookie(name: "__Host-a", value: "1", path: "/a", secure: true), .notOfHost),
            (Cookie(name: "__Host-a", value: "1", path: nil, secure: true), .notOfHost),
            (Cookie(name: "__host-a", value: "1", domain: "a.example", secure: true), .notOfHost),
        ] as [(Cookie, CookieError)])
    func refused(cookie: Cookie, error: CookieError) {
        #expect(throws: error) { try cookie.line() }
    }

    @Test("The longest that a client keeps is sent")
    func longest() throws {
        let cookie = Cookie(
            name: "a", value: String(repeating: "b", count: 4_095), path: "/" + String(repeating: "c", count: 1_023),
            domain: String(repeating: "d", count: 1_024))
        #expect(try cookie.line().utf8.count > 6_100)
    }

    @Test("Several cookies come in and go out, each in a line of its own")
    func exchange() async {
        await withServer { server in
            server.onRequest = { request, response in
                try response.setCookie(Cookie(name: "one", value: request.cookies["a"] ?? "-", path: nil))
                #expect(throws: CookieError.value) { try response.setCookie(Cookie(name: "bad", value: "\r\n")) }
                try response.setCookie(Cookie(name: "two", value: request.cookies["b"] ?? "-"))
                try response.removeCookie("three", path: "/x")
                response.end()
            }
            let text = await server.exchange(
                "GET / HTTP/1.1\r\nHost: x\r\nCookie: a=1\r\nCookie: b=2\r\nConnection: close\r\n\r\n")
            #expect(
                text.oneLine.hasPrefix(
                    "HTTP/1.1 200 OK\\r\\nSet-Cookie: one=1; HttpOnly; SameSite=Lax\\r\\n"
                        + "Set-Cookie: two=2; Path=/; HttpOnly; SameSite=Lax\\r\\n"
                        + "Set-Cookie: three=; Path=/x; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; "
                        + "SameSite=Lax\\r\\n"))
        }
    }
}
