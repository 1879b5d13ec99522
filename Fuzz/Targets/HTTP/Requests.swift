@testable import UVCore
@testable import UVHTTP

extension FuzzTarget {
    /// Requests as a connection reads them, one behind another: heads, bodies of a length, and chunked ones.
    static let requestHead = FuzzTarget("request-head", "requests, one behind another, with their bodies") { bytes in
        let messages = try Arrivals.check(bytes, .request)
        for message in messages {
            try checkRepeated(message)
            let (method, target) = (message.head.method.rawValue.text, message.text(message.head.target.range))
            let line = "\(method) \(target) HTTP/1.\(message.head.minorVersion)"
            try checkWrittenAgain(message, asLine: line, .request)
        }
    }

    /// A head that comes once more is compared with the last one, and has to mean the same.
    private static func checkRepeated(_ message: WireReader.Message) throws {
        let bytes = message.headBytes
        var parser = MessageHeadParser(.request, limits: .defaults)
        let first = try parser.step(bytes.span.bytes)
        parser.reset(.defaults)
        let again = try parser.step(bytes.span.bytes, after: bytes.span.bytes)
        try expect(first == again && parser.head == message.head, "a head that comes once more means something else")
    }
}
