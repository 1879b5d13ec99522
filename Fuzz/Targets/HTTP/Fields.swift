@testable import UVHTTP
@testable import UVWebSocket

extension FuzzTarget {
    /// A URL, and behind a line feed a reference that is found in its page.
    static let url = FuzzTarget("url", "URLs as the clients take them, and redirects") { bytes in
        let lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let text = String(decoding: lines[0], as: UTF8.self)
        if let url = WebSocketURL(text) {
            try expect(WebSocketURL(url.description) == url, "\(text) is another one as \(url)")
            try expect((1...65_535).contains(url.port) && url.target.utf8.first == UInt8(ascii: "/"), "\(url)")
        }
        guard let url = HTTPURL(text) else { return }
        try check(url)
        guard lines.count > 1, let next = url.resolving(String(decoding: lines[1], as: UTF8.self)) else { return }
        try check(next)
    }

    private static func check(_ url: HTTPURL) throws {
        let again = HTTPURL(url.text)?.text ?? "none"
        try expect(again.utf8.elementsEqual(url.text.utf8), "\(url.text) is \(again)")
        try expect(url.text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "\(url.text) cannot be sent")
        let segments = url.path.utf8.split(separator: UInt8(ascii: "/"))
        try expect(!segments.contains { $0.elementsEqual("..".utf8) }, "\(url.path) leads up")
        // The request that goes there is one.
        let head = Array("GET \(url.target) HTTP/1.1\r\nHost: \(url.authority)\r\n\r\n".utf8)
        guard head.count <= HTTPLimits.defaults.head else { return }
        var parser = MessageHeadParser(.request, limits: .defaults)
        try expect(try parser.step(head.span.bytes) == .head(length: head.count), "\(url.text) makes no request")
    }
}
