import Testing
import UVWebSocket

/// RFC 6455 section 3.
@Suite("A WebSocket's URL names host, port and target")
struct WebSocketURLTests {
    @Test(
        "What is read",
        arguments: [
            ("ws://localhost:3000/ws/tasks", "localhost", 3000, "/ws/tasks"),
            ("ws://localhost", "localhost", 80, "/"), ("ws://localhost:", "localhost", 80, "/"),
            ("ws://localhost/", "localhost", 80, "/"), ("ws://localhost?a=b", "localhost", 80, "/?a=b"),
            ("WS://LOCALHOST/A?b=/c?d", "LOCALHOST", 80, "/A?b=/c?d"), ("ws://127.0.0.1:1/", "127.0.0.1", 1, "/"),
            ("ws://[::1]:65535/x", "::1", 65_535, "/x"), ("ws://[::1]", "::1", 80, "/"),
            ("ws://a:00081/", "a", 81, "/"),
            ("ws://\(String(repeating: "a", count: 255))/", String(repeating: "a", count: 255), 80, "/"),
            ("wss://a", "a", 443, "/"), ("WSS://a:/b", "a", 443, "/b"), ("wss://[::1]:80", "::1", 80, "/"),
            ("ws://a/@:b", "a", 80, "/@:b"), ("ws://a/%20%23", "a", 80, "/%20%23"),
        ])
    func read(text: String, host: String, port: Int, target: String) {
        let url = WebSocketURL(text)
        #expect(url?.host == host && url?.port == port && url?.target == target)
        #expect(url?.isSecure == text.lowercased().hasPrefix("wss:"))
    }

    @Test(
        "What is not a URL of a WebSocket that can be reached",
        arguments: [
            "", "ws", "ws:", "ws:/", "ws://", "ws:///path", "ws://?a", "ws://:80/", "wss:/localhost/",
            "wss://", "wss://:443/", "wsss://localhost/", "s://localhost/", "://localhost/", "ws:localhost://a/",
            "http://localhost/",
            "localhost:3000", "//localhost", "ws://localhost:0/", "ws://localhost:65536/", "ws://localhost:-1/",
            "ws://localhost:+80/", "ws://localhost:8 0/", "ws://localhost:80a/", "ws://localhost:٨٠/", "ws://a:b:80/",
            "ws://::1/", "ws://[::1", "ws://[]:80/", "ws://[::1]80/", "ws://[::1]x:80/", "ws://x[::1]/",
            "ws://[localhost]/",
            "ws://user@localhost/", "ws://user:secret@localhost/", "ws://localhost/#part", "ws://local host/",
            "ws://localhost/a b", "ws://localhost/\r\nX: y", "ws://localhost/\u{0}", "ws://löcalhost/",
            "ws://localhost/ü",
            "ws://[::1%lo]/", "ws://a:000080/", "ws://\(String(repeating: "a", count: 256))/",
            "ws://a\\b/", "ws://a,b/", "ws://a\"b/", "ws://%6c/",
        ])
    func refused(text: String) {
        #expect(WebSocketURL(text) == nil)
    }

    @Test(
        "A URL describes itself so that it reads the same again",
        arguments: [
            "ws://localhost:3000/ws/tasks?rooms=a,b", "ws://[::1]/", "wss://localhost:3000/ws/tasks",
        ])
    func description(text: String) {
        let url = WebSocketURL(text)
        #expect(url?.description == text)
        #expect(url.flatMap { WebSocketURL($0.description) } == url)
    }

    @Test(
        "An item of the query is set in place of each of its name, and its value says itself",
        arguments: [
            ("ws://a/", "/?rooms=x,y%20%c3%bc%26%00"), ("ws://a", "/?rooms=x,y%20%c3%bc%26%00"),
            ("ws://a/p?", "/p?rooms=x,y%20%c3%bc%26%00"), ("ws://a/p?b=1", "/p?b=1&rooms=x,y%20%c3%bc%26%00"),
            ("ws://a/p?rooms=z&b=1&rooms", "/p?b=1&rooms=x,y%20%c3%bc%26%00"),
            ("ws://a/rooms=z?roomsy=1&b?rooms=2", "/rooms=z?roomsy=1&b?rooms=2&rooms=x,y%20%c3%bc%26%00"),
        ])
    func query(text: String, target: String) throws {
        let url = try #require(WebSocketURL(text)).setting("rooms", to: "x,y ü&\u{0}")
        #expect(url.target == target && url.host == "a" && url.port == 80)
        #expect(url.value(of: "rooms") == "x,y ü&\u{0}" && url.value(of: "room") == nil)
        #expect(WebSocketURL(url.description) == url)
    }

    @Test("What a query's item says is what its bytes stand for; a percent sign without two digits is itself")
    func codes() throws {
        let values = ["%41b": "Ab", "%4": "%4", "%": "%", "%+1": "%+1", "%zz": "%zz", "%2541": "%41"]
        for (text, value) in values {
            #expect(try #require(WebSocketURL("ws://localhost/?x=\(text)")).value(of: "x") == value)
        }
    }
}
